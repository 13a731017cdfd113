/** @import { Progress } from '@banger/core' */
/** @import { Settings } from './settings.js' */
import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { failed, reasonOf, request } from './request.js'

/**
 * Writes what a server has to a new file, which is on the disk in whole when this is done.
 * @param {URL} url
 * @param {string} path of the file
 * @param {{ settings: Settings, signal: AbortSignal, progress: Progress }} options
 * @returns {Promise<string>} the sha256 of it, in hexadecimal digits
 * @throws http-rootfs.failed, and as `request`
 */
export async function download(url, path, { settings, signal, progress }) {
  const response = await request(url, { settings, signal })
  const hash = createHash('sha256')
  await pipeline(
    received(response, { url, signal, progress }),
    async function* (chunks) {
      for await (const chunk of chunks) {
        hash.update(chunk)
        yield chunk
      }
    },
    createWriteStream(path, { flags: 'wx', mode: 0o600, flush: true }),
    { signal },
  )
  return hash.digest('hex')
}

/**
 * What comes from the server, told as progress.
 * @param {Response} response
 * @param {{ url: URL, signal: AbortSignal, progress: Progress }} options
 * @returns {AsyncGenerator<Uint8Array>}
 */
async function* received(response, { url, signal, progress }) {
  const total = Number(response.headers.get('content-length'))
  /** @param {'running' | 'done' | 'failed'} state */
  const tell = (state) =>
    progress({ id: 'download', message: `Downloading ${url.href}`, state, current, ...(total ? { total } : {}), unit: 'bytes' })
  let current = 0
  tell('running')
  try {
    for await (const chunk of response.body ?? []) {
      current += chunk.length
      tell('running')
      yield chunk
    }
    tell('done')
  } catch (error) {
    tell('failed')
    signal.throwIfAborted()
    throw failed(url, `the transfer broke off (${reasonOf(error)})`, error)
  }
}
