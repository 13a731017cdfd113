import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { string } from '@oclif/core/args'
import { BangerCommand } from './base.ts'

/** Below the installation's `share` (scripts/build/share.ts). */
const scripts = {
  bash: 'bash-completion/completions/banger',
  zsh: 'zsh/site-functions/_banger',
  fish: 'fish/vendor_completions.d/banger.fish',
}

export default class Completion extends BangerCommand {
  static override enableJsonFlag = false
  static override description = `Print what lets your shell complete banger's command lines.
It knows commands, flags, files, and the names of your VMs, images, kernels, sessions and plugins. make install puts it where the shells look for it; without that, add to the shell's start-up file:
~/.bashrc: source <(banger completion bash)
~/.zshrc: source <(banger completion zsh), below compinit
~/.config/fish/config.fish: banger completion fish | source`
  static override examples = [
    'source <(<%= config.bin %> completion bash)',
    '<%= config.bin %> completion fish > ~/.config/fish/completions/banger.fish',
  ]
  static override args = {
    shell: string({ description: 'the shell', required: true, options: Object.keys(scripts), ignoreStdin: true }),
  }

  async run(): Promise<void> {
    const { args } = await this.parse(Completion)
    const share = join(process.env.BANGER_LIB ?? '', '../../share')
    process.stdout.write(await readFile(join(share, scripts[args.shell as keyof typeof scripts]), 'utf8'))
  }
}
