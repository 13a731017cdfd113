/** @import { GuestFile } from '@banger/core' */

/**
 * @param {string} vm its name
 * @returns {GuestFile}
 */
export function welcome(vm) {
  return { path: '/etc/sample', content: Buffer.from(`Welcome to ${vm}.\n`).toString('base64'), mode: 0o644 }
}
