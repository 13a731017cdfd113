/**
 * @param {string} name
 * @param {number} vms how many there are
 */
export function greet(name, vms) {
  return `Hello ${name}. There ${vms === 1 ? 'is 1 VM' : `are ${vms} VMs`}.`
}
