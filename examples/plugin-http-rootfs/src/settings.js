/** @import { Host } from '@banger/core' */
import { join } from 'node:path'
import { fail } from '@banger/core'

/**
 * @typedef {object} Settings
 * @property {string} [base_url] what a reference that is no URL is below: `https://images.example.org/rootfs/`
 * @property {string[]} [hosts] the only servers that are asked: `images.example.org`, `127.0.0.1:8080`; all without it
 */

/**
 * The table `[plugins.http-rootfs]` of the configuration.
 * @param {Pick<Host, 'config' | 'dirs'>} host
 * @returns {Settings}
 * @throws config.invalid, naming the key
 */
export function readSettings(host) {
  const table = host.config('http-rootfs')
  for (const [key, value] of Object.entries(table)) {
    const problem = key in checks ? checks[key]?.(value) : 'there is no such setting'
    if (problem === undefined) continue
    const file = join(host.dirs.config, 'config.toml')
    throw fail('config.invalid', { file, reason: `plugins.http-rootfs.${key}: ${problem}` })
  }
  return table
}

/** @type {Record<string, (value: unknown) => string | undefined>} */
const checks = {
  base_url: (value) => (typeof value === 'string' && /^https?:\/\//.test(value) ? undefined : 'it must be an http or https URL'),
  hosts: (value) =>
    Array.isArray(value) && value.every((host) => typeof host === 'string') ? undefined : 'it must be a list of host names',
}
