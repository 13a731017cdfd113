/** @import { Host } from '@banger/core' */
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { fail } from '@banger/core'

/**
 * @typedef {object} Settings
 * @property {string} folder whose files go to /root: an absolute path, or one that begins with `~/`. `~/.config/banger/dotfiles` unless told
 * @property {string[]} [service] a program of the guest and its arguments, kept running in /root
 */

/**
 * The table `[plugins.dotfiles]` of the configuration.
 * @param {Pick<Host, 'config' | 'dirs'>} host
 * @returns {Settings}
 * @throws config.invalid, naming the key
 */
export function readSettings(host) {
  const { folder = join(host.dirs.config, 'dotfiles'), service, ...others } = host.config('dotfiles')
  /** @param {string} key @param {string} problem */
  const refuse = (key, problem) =>
    fail('config.invalid', { file: join(host.dirs.config, 'config.toml'), reason: `plugins.dotfiles.${key}: ${problem}` })
  const [stranger] = Object.keys(others)
  if (stranger) throw refuse(stranger, 'there is no such setting')
  if (service !== undefined && !isCommand(service)) throw refuse('service', 'it must be a list: a program and its arguments')
  const path = typeof folder === 'string' ? folder.replace(/^~(?=\/)/, homedir()) : ''
  if (!isAbsolute(path)) throw refuse('folder', 'it must be an absolute path, or begin with ~/')
  return { folder: path, ...(service ? { service } : {}) }
}

/**
 * @param {unknown} value
 * @returns {value is string[]}
 */
function isCommand(value) {
  return Array.isArray(value) && value.length > 0 && value.every((word) => typeof word === 'string')
}
