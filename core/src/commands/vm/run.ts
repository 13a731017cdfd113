import { string } from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import type { Duplex } from 'node:stream'
import { commandFlags, commandOptions } from '../../client/input/command-flags.ts'
import { createRequest, vmFlags } from '../../client/input/vm-flags.ts'
import { type WorkspaceFlags, workspaceFlags, workspaceSource } from '../../client/input/workspace-flags.ts'
import { removeVm } from '../../client/remove-vm.ts'
import { loginShell } from '../../client/terminal/login-shell.ts'
import { isInteractive, runExec, startOf } from '../../client/terminal/run-exec.ts'
import { WorkspaceClient } from '../../client/workspace/workspace-client.ts'
import { fail } from '../../errors.ts'
import type { ExecStart } from '../../guest/messages.ts'
import type { CreateVm } from '../../protocol/api.ts'
import type { Vm } from '../../protocol/model.ts'
import { defaultGuestPath, type PreparedWorkspace, type WorkspaceSource } from '../../protocol/workspace.ts'
import { GuestProgramCommand } from '../guest-program.ts'

export default class VmRun extends GuestProgramCommand {
  static override description = `Create a VM and drop into it, or run a command in it.
With a PATH: the git checkout there is brought into the VM first, exactly as it stands, and the shell or command starts in it, at /root/repo (vm workspace prepare --help says more). It is only read; changes come back with vm workspace pull.
Without a command: a shell. The VM stays when you leave it.
With a command behind --: runs it, with its stdin, stdout and stderr untouched and separate, exits with its status (128 + n when a signal ended it), and removes the VM. Interrupting it ends the command and removes the VM, too.
Where no image is registered yet, the default kernel and image are fetched first.
When the command could not be run: 127 when there is no such command, 126 when it can't be executed, 125 when banger itself failed.`
  static override usage = 'vm run [PATH [--branch NEW [--from REF]]] [FLAGS] [-- COMMAND...]'
  static override examples = [
    '<%= config.bin %> vm run',
    "<%= config.bin %> vm run -- sh -c 'uname -a; nproc'",
    '<%= config.bin %> vm run ../some-repo --branch try-it',
    '<%= config.bin %> vm run . -- make test',
    'echo "select 1" | <%= config.bin %> vm run --image devbox --memory 2G -- sqlite3',
  ]
  static override completes = { path: 'folder' }
  static override args = {
    path: string({ description: 'a git checkout to work on in the VM', ignoreStdin: true }),
  }
  static override flags = {
    ...vmFlags,
    ...commandFlags,
    ...workspaceFlags,
    keep: Flags.boolean({ description: 'keep the VM after the command' }),
    rm: Flags.boolean({ description: 'remove the VM after the shell', exclusive: ['keep'] }),
    tty: Flags.boolean({
      char: 't',
      description: 'give the program a terminal (default: when stdin, stdout and stderr are terminals)',
      allowNo: true,
    }),
  }

  async run(): Promise<void> {
    const { own, command } = this.splitArgv()
    const { args, flags } = await this.parse(VmRun, own)
    const source = sourceOf(args.path, flags)
    if (command?.length === 0) throw fail('usage', { reason: 'There is no command behind the two hyphens.' })
    const ephemeral = command ? !flags.keep : Boolean(flags.rm)
    const tty = flags.tty ?? isInteractive()
    const cwd = source ? { cwd: defaultGuestPath } : {}
    const start = startOf({ argv: command ?? loginShell, ...cwd, ...commandOptions(flags) }, tty)
    const { vm, prepared, connection } = await this.#open({ ...createRequest(flags), ephemeral }, source, start, !command)
    for (const warning of [...vm.warnings, ...(prepared?.warnings ?? [])]) this.note(`Warning: ${warning}`)
    if (prepared?.toolingLog) this.note(`Tools that the checkout names are being installed; the log: ${prepared.toolingLog}`)
    try {
      process.exitCode = await runExec({ connection, tty, log: this.daemonLog })
    } finally {
      if (ephemeral) await removeVm(this.client(), vm.id)
      else
        this.note(
          `The VM "${vm.name}" goes on running. Come back: banger vm ssh ${vm.name}. Remove it: banger vm delete --force ${vm.name}`,
        )
    }
  }

  /** Creates the VM, brings the checkout and opens its first exec; an interruption in between undoes it all. */
  #open(request: CreateVm, source: WorkspaceSource | undefined, start: ExecStart, tooling: boolean): Promise<Opened> {
    return this.operate(async (options) => {
      const client = this.client()
      const workspaces = new WorkspaceClient(client)
      if (source) await workspaces.check(source)
      const vm = await client.createVm(request, options)
      try {
        const prepared = source && (await workspaces.prepare(vm.id, { ...source, tooling }, options))
        return { vm, prepared, connection: await client.exec(vm.id, start, options.signal) }
      } catch (error) {
        await removeVm(client, vm.id)
        throw options.signal.aborted ? fail('aborted', { what: 'Creating the VM' }) : error
      }
    })
  }
}

interface Opened {
  vm: Vm
  prepared: PreparedWorkspace | undefined
  connection: Duplex
}

/** @throws usage for what only a workspace has, without a path */
function sourceOf(path: string | undefined, flags: WorkspaceFlags): WorkspaceSource | undefined {
  if (path !== undefined) return workspaceSource(path, flags)
  const [flag] = Object.keys(workspaceFlags).filter((name) => flags[name as keyof WorkspaceFlags] !== undefined)
  if (flag === undefined) return undefined
  throw fail('usage', { reason: `--${flag} needs the path of a checkout: banger vm run . --${flag} ...` })
}
