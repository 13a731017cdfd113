/** @import { SettingsDeclaration } from '@banger/core' */

/**
 * @typedef {object} Settings
 * @property {string} [base_url] what a reference that is no URL is below: `https://images.example.org/rootfs/`
 * @property {string[]} [hosts] the only servers that are asked: `images.example.org`, `127.0.0.1:8080`; all without it
 */

/**
 * The table `[plugins.http-rootfs]` of the configuration. A schema may be made by zod and others (https://standardschema.dev), or
 * written by hand, as here, which spares the plugin a dependency.
 * @type {SettingsDeclaration<Settings>}
 */
export const settings = {
  summaries: {
    base_url: 'What a reference that is no URL is below.',
    hosts: 'The only servers that are asked for tarballs; all of them without it.',
  },
  schema: { '~standard': { version: 1, vendor: 'banger-plugin-http-rootfs', validate } },
}

/** @param {unknown} value */
function validate(value) {
  const { base_url, hosts } = /** @type {Record<string, unknown>} */ (value)
  if (base_url !== undefined && !isUrl(base_url)) return problem('base_url', 'it must be an http or https URL')
  if (hosts !== undefined && !isList(hosts)) return problem('hosts', 'it must be a list of host names')
  return { value: { ...(base_url ? { base_url } : {}), ...(hosts ? { hosts } : {}) } }
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
 * @returns {value is string}
 */
function isUrl(value) {
  return typeof value === 'string' && /^https?:\/\//.test(value)
}

/**
 * @param {unknown} value
 * @returns {value is string[]}
 */
function isList(value) {
  return Array.isArray(value) && value.every((host) => typeof host === 'string')
}
