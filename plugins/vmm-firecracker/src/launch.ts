import { files, instanceId } from './files.ts'
import type { Jail } from './jail.ts'

/** Firecracker's command line, program left out; its working directory holds its files. */
export function firecrackerArgs(id: string): string[] {
  return ['--id', instanceId(id), ...ownArgs]
}

/** The jailer's command line, program left out. It adds the id to Firecracker's by itself. */
export function jailerArgs(id: string, program: string, { base, uid }: Jail): string[] {
  return [
    ...['--id', instanceId(id), '--exec-file', program],
    ...['--uid', `${uid}`, '--gid', `${uid}`, '--chroot-base-dir', base],
    '--',
    ...ownArgs,
  ]
}

/** The log by the command line, so that it also has what goes wrong before there is an API. */
const ownArgs = [
  ...['--api-sock', files.api],
  ...['--log-path', files.log, '--level', 'Info', '--show-level'],
  ...['--metrics-path', files.metrics],
]
