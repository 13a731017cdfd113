/** @import { Settings } from './settings.js' */
import { BangerError, fail } from '@banger/core'

/**
 * Asks a server for a file.
 * @param {URL} url
 * @param {{ settings: Settings, signal: AbortSignal }} options
 * @returns {Promise<Response>} whose body is to be read, or cancelled
 * @throws image.reference when the server has no such file, http-rootfs.failed, the signal's reason
 */
export async function request(url, { settings, signal }) {
  const response = await fetch(url, { signal }).catch((error) => {
    signal.throwIfAborted()
    throw failed(url, reasonOf(error), error)
  })
  try {
    // a server may send elsewhere, which is followed
    const { host } = new URL(response.url)
    if (settings.hosts && !settings.hosts.includes(host))
      throw failed(url, `it leads to ${host}, which the setting hosts does not allow`)
    if (response.status === 404 || response.status === 410) {
      const advice = 'Look whether the URL is right.'
      throw fail('image.reference', { ref: url.href, reason: `the server has no such file (${response.status})`, advice })
    }
    if (!response.ok) throw failed(url, `the server answers ${response.status} ${response.statusText}`.trim())
    return response
  } catch (error) {
    await response.body?.cancel()
    throw error
  }
}

/**
 * @param {URL} url
 * @param {string} reason
 * @param {unknown} [cause]
 */
export function failed(url, reason, cause) {
  return new BangerError({
    code: 'http-rootfs.failed',
    status: 502,
    message: `${url.href} could not be fetched: ${reason}.`,
    hint: 'See whether this machine reaches the server (curl -I), and try again.',
    cause,
  })
}

/**
 * fetch says "fetch failed" and keeps the reason in the cause; one of several addresses, in a list of them.
 * @param {unknown} error
 * @returns {string}
 */
export function reasonOf(error) {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0])
  if (!(error instanceof Error)) return String(error)
  return error.cause === undefined ? error.message : reasonOf(error.cause)
}
