/**
 * A daemon that starts a machine, tells the parent its state, and waits to be killed. Arguments, as JSON: the driver's name, the URL
 * of its plugin, the settings, the machine.
 */
import type { MachineSpec } from '@banger/core'
import { makeDriver } from './subject.ts'

const [name, extend, settings, spec] = process.argv.slice(2).map((text) => JSON.parse(text) as unknown) as [
  string,
  string,
  Record<string, Record<string, unknown>>,
  MachineSpec,
]
const { driver } = await makeDriver({ name, extend: new URL(extend), settings })
const { state } = await driver.start(spec, () => undefined)
process.send?.(state)
setInterval(() => undefined, 1000)
