import { fail } from '../../errors.ts'
import type { FilesAnswer, FileStat } from '../../guest/messages.ts'
import type { DaemonClient } from '../daemon-client.ts'
import type { WriteBody } from '../http.ts'

/** What a path of the guest leads to. @throws guest.bad-path where nothing is */
export function statGuest(client: DaemonClient, vm: string, path: string): Promise<FileStat> {
  return client.get(route(vm, 'stat', path))
}

/** A file or folder of the guest as a tar, names relative to its parent. */
export async function* readTar(client: DaemonClient, vm: string, path: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const tar = await client.download(route(vm, 'files', path), signal)
  try {
    yield* tar
  } catch (error) {
    throw fail('guest.unreachable', { name: vm, reason: 'what it was sending broke off' }, error)
  }
}

/** Unpacks a tar, written by `produce`, below a folder of the guest. @throws guest.disk-full, … */
export function sendTar(
  client: DaemonClient,
  vm: string,
  folder: string,
  produce: (write: WriteBody) => Promise<void>,
  signal: AbortSignal,
): Promise<FilesAnswer> {
  return client.upload(route(vm, 'files', folder), { type: 'application/x-tar', produce }, signal)
}

/** Makes a file of the guest of what `produce` writes. @throws guest.disk-full, … */
export function sendFile(
  client: DaemonClient,
  vm: string,
  path: string,
  produce: (write: WriteBody) => Promise<void>,
  signal: AbortSignal,
): Promise<FilesAnswer> {
  return client.upload(route(vm, 'file', path), { type: 'application/octet-stream', produce }, signal)
}

function route(vm: string, what: string, path: string): string {
  return `/v1/vms/${encodeURIComponent(vm)}/${what}?path=${encodeURIComponent(path)}`
}
