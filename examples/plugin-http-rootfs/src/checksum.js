/** @import { Settings } from './settings.js' */
import { fail, isError } from '@banger/core'
import { request } from './request.js'

/** Characters; such a file has one line. */
const longest = 4096

/**
 * The checksum that lies beside a tarball, as sha256sum writes it: 64 hexadecimal digits at the beginning of a line.
 * @param {URL} url of the tarball; `.sha256` is added to its path
 * @param {{ settings: Settings, signal: AbortSignal }} options
 * @returns {Promise<string>}
 * @throws image.reference when there is none
 */
export async function fetchChecksum(url, options) {
  const beside = new URL(url)
  beside.pathname += '.sha256'
  const text = await fetchText(beside, options)
  const sha256 = parseChecksum(text, url)
  if (sha256) return sha256
  throw fail('image.reference', {
    ref: url.href,
    reason: `no sha256 is known for it: neither in the reference nor in ${beside.href}`,
    advice: "Append #sha256= and the tarball's checksum to the reference.",
  })
}

/**
 * @param {string} text of one line or several
 * @param {URL} url
 * @returns {string | undefined} the line that names the tarball, else the only one
 */
export function parseChecksum(text, url) {
  const file = url.pathname.split('/').at(-1)
  const lines = [...text.matchAll(/^([0-9a-f]{64})(?:[ \t]+\*?(.+?))?[ \t\r]*$/gim)]
  const line = lines.find(([, , name]) => name === file) ?? (lines.length === 1 ? lines[0] : undefined)
  return line?.[1]?.toLowerCase()
}

/**
 * @param {URL} url
 * @param {{ settings: Settings, signal: AbortSignal }} options
 * @returns {Promise<string>} '' when the server has no such file
 */
async function fetchText(url, options) {
  try {
    const response = await request(url, options)
    let text = ''
    for await (const chunk of response.body ?? []) {
      text += Buffer.from(chunk).toString('latin1')
      // leaving the loop cancels what is still to come
      if (text.length > longest) break
    }
    return text.slice(0, longest)
  } catch (error) {
    if (isError(error, 'image.reference')) return ''
    throw error
  }
}
