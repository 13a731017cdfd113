/** @import { SettingsDeclaration } from '@banger/core' */
import { homedir } from 'node:os'
import { isAbsolute } from 'node:path'

/**
 * @typedef {object} Settings
 * @property {string} [folder] whose files go to /root: an absolute path
 * @property {string[]} [service] a program of the guest and its arguments, kept running in /root
 */

/**
 * The table `[plugins.dotfiles]` of the configuration.
 * @type {SettingsDeclaration<Settings>}
 */
export const settings = {
  summaries: {
    folder: 'The folder whose files go to /root of every VM; `dotfiles` beside the configuration unless told.',
    service: 'A program of the guest and its arguments, to keep running in /root.',
  },
  schema: { '~standard': { version: 1, vendor: 'banger-plugin-dotfiles', validate } },
}

/** @param {unknown} value */
function validate(value) {
  const { folder, service } = /** @type {Record<string, unknown>} */ (value)
  const path = typeof folder === 'string' ? folder.replace(/^~(?=\/)/, homedir()) : ''
  if (folder !== undefined && !isAbsolute(path)) return problem('folder', 'it must be an absolute path, or begin with ~/')
  if (service !== undefined && !isCommand(service)) return problem('service', 'it must be a list: a program and its arguments')
  return { value: { ...(path ? { folder: path } : {}), ...(service ? { service } : {}) } }
}

/**
 * @param {string} key
 * @param {string} message
 */
function problem(key, message) {
  return { issues: [{ path: [key], message }] }
}

/**
 * @param {unknown} value
 * @returns {value is string[]}
 */
function isCommand(value) {
  return Array.isArray(value) && value.length > 0 && value.every((word) => typeof word === 'string')
}
