import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'

/**
 * Connects to a unix socket in a folder of any depth: a socket's address holds 108 bytes at most, so it is reached through
 * an open handle of the folder.
 * @param name the socket's file name
 */
export async function connectIn(dir: string, name: string): Promise<Socket> {
  const folder = await open(dir, constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    const socket = connect(`/proc/self/fd/${folder.fd}/${name}`)
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve)
      socket.once('error', reject)
    })
    return socket
  } finally {
    await folder.close()
  }
}
