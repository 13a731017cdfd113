/** @import { BangerPlugin } from '@banger/core' */
import { welcome } from './welcome.js'

const name = 'banger-plugin-sample'

/**
 * What banger calls when it loads the plugin.
 * @returns {BangerPlugin}
 */
export function extend() {
  return {
    name,
    coreRange: '>=0.1.0 <1',
    apply(hooks) {
      // before every start of a VM
      hooks.provision.tap(name, ({ vm, guest }) => {
        // with an owner, it goes from the VM when the plugin does
        guest.files.push({ ...welcome(vm.name), owner: name })
        guest.environment['WELCOME'] = '/etc/sample'
      })
    },
  }
}
