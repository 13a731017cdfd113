import { string } from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import type { Duplex } from 'node:stream'
import { commandFlags, commandOptions } from '../../client/input/command-flags.ts'
import { createRequest, vmFlags } from '../../client/input/vm-flags.ts'
import { removeVm } from '../../client/remove-vm.ts'
import { loginShell } from '../../client/terminal/login-shell.ts'
import { isInteractive, runExec, startOf } from '../../client/terminal/run-exec.ts'
import { fail } from '../../errors.ts'
import type { ExecStart } from '../../guest/messages.ts'
import type { CreateVm } from '../../protocol/api.ts'
import type { Vm } from '../../protocol/model.ts'
import { GuestProgramCommand } from '../guest-program.ts'

export default class VmRun extends GuestProgramCommand {
  static override description = `Create a VM and drop into it, or run a command in it.
Without a command: a shell. The VM stays when you leave it.
With a command behind --: runs it, with its stdin, stdout and stderr untouched and separate, exits with its status (128 + n when a signal ended it), and removes the VM. Interrupting it ends the command and removes the VM, too.
Where no image is registered yet, the default kernel and image are fetched first.
When the command could not be run: 127 when there is no such command, 126 when it can't be executed, 125 when banger itself failed.`
  static override usage = 'vm run [FLAGS] [-- COMMAND...]'
  static override examples = [
    '<%= config.bin %> vm run',
    "<%= config.bin %> vm run -- sh -c 'uname -a; nproc'",
    'echo "select 1" | <%= config.bin %> vm run --image devbox --memory 2G -- sqlite3',
  ]
  static override args = {
    path: string({ description: 'a git checkout to work on in the VM (not supported yet)', ignoreStdin: true }),
  }
  static override flags = {
    ...vmFlags,
    ...commandFlags,
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
    if (args.path !== undefined) throw noWorkspaces(args.path)
    if (command?.length === 0) throw fail('usage', { reason: 'There is no command behind the two hyphens.' })
    const ephemeral = command ? !flags.keep : Boolean(flags.rm)
    const tty = flags.tty ?? isInteractive()
    const start = startOf({ argv: command ?? loginShell, ...commandOptions(flags) }, tty)
    const { vm, connection } = await this.#open({ ...createRequest(flags), ephemeral }, start)
    for (const warning of vm.warnings) this.note(`Warning: ${warning}`)
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

  /** Creates the VM and opens its first exec; an interruption in between undoes both. */
  #open(request: CreateVm, start: ExecStart): Promise<{ vm: Vm; connection: Duplex }> {
    return this.operate(async (options) => {
      const client = this.client()
      const vm = await client.createVm(request, options)
      try {
        return { vm, connection: await client.exec(vm.id, start, options.signal) }
      } catch (error) {
        await removeVm(client, vm.id)
        throw options.signal.aborted ? fail('aborted', { what: 'Creating the VM' }) : error
      }
    })
  }
}

function noWorkspaces(path: string): Error {
  return fail('not-supported', {
    reason: `banger vm run cannot take a path (${path}) into the VM yet.`,
    advice: 'For a command, write two hyphens before it: banger vm run -- make test',
  })
}
