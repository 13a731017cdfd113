import { config } from './config.ts'
import { daemon } from './daemon.ts'
import { driver } from './driver.ts'
import { general } from './general.ts'
import { guest } from './guest.ts'
import { image } from './image.ts'
import { kernel } from './kernel.ts'
import { plugin } from './plugin.ts'
import { session } from './session.ts'
import { ssh } from './ssh.ts'
import { tool } from './tool.ts'
import { vm } from './vm.ts'
import { workspace } from './workspace.ts'

/** The errors by topic, in the order in which docs/errors.md lists them. */
export const topics = { general, config, daemon, plugin, image, kernel, driver, vm, guest, session, workspace, ssh, tool }

/** The one catalogue of errors. A code is stable: scripts and other copies of core compare it, never the class. */
export const catalogue = {
  ...general,
  ...config,
  ...daemon,
  ...plugin,
  ...image,
  ...kernel,
  ...driver,
  ...vm,
  ...guest,
  ...session,
  ...workspace,
  ...ssh,
  ...tool,
}
