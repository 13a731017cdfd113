/** @import { Settings } from './settings.js' */
import { fail } from '@banger/core'

/**
 * @typedef {object} Reference
 * @property {URL} url of the tarball
 * @property {string} [sha256] 64 hexadecimal digits, where the reference says them
 * @property {string} name for the image when the user gives none
 */

/**
 * Reads `https://host/path/rootfs.tar.gz#sha256=<64 hexadecimal digits>`, or a path below `base_url`.
 * @param {string} text
 * @param {{ settings: Settings, named?: boolean | undefined }} options `named`: the user said `http-rootfs:`, so that it can be nobody else's
 * @returns {Reference | undefined} undefined when it is another source's
 * @throws image.reference
 */
export function parseReference(text, { settings, named }) {
  if (!named && !/^https?:\/\//.test(text)) return undefined
  const url = URL.canParse(text, settings.base_url) ? new URL(text, settings.base_url) : undefined
  if (!url)
    throw refuse(text, 'it is no URL, and the setting base_url is not set', 'Give an http:// or https:// URL of a tarball.')
  if (!['http:', 'https:'].includes(url.protocol))
    throw refuse(text, 'only http and https are spoken', 'Use image register for files.')
  if (settings.hosts && !settings.hosts.includes(url.host)) {
    throw refuse(
      text,
      `${url.host} is none of the hosts that the configuration allows`,
      'Add it to hosts in [plugins.http-rootfs].',
    )
  }
  const { hash } = url
  url.hash = ''
  const sha256 = /^#sha256=([0-9a-f]{64})$/i.exec(hash)?.[1]?.toLowerCase()
  if (hash && !sha256) throw refuse(text, `"${hash}" is no checksum`, 'It looks like #sha256= and 64 hexadecimal digits.')
  return { url, name: imageName(url), ...(sha256 ? { sha256 } : {}) }
}

/**
 * @param {URL} url
 * @returns {string} `debian-12` for `https://example.org/Debian_12.tar.gz`
 */
function imageName(url) {
  const file = decodeURIComponent(url.pathname.split('/').at(-1) ?? '')
  const stem = file.replace(/\.(tgz|txz|tzst|tar(\.\w+)?)$/i, '').toLowerCase()
  return (
    stem
      .replace(/[^a-z0-9]+/g, '-')
      .slice(0, 63)
      .replace(/^-+|-+$/g, '') || 'rootfs'
  )
}

/**
 * @param {string} ref
 * @param {string} reason
 * @param {string} advice
 */
function refuse(ref, reason, advice) {
  return fail('image.reference', { ref: `http-rootfs:${ref}`, reason, advice })
}
