import assert from 'node:assert/strict'
import { isAlive, killProcess } from '@banger/core'
import { type Check, within } from '../check.ts'
import type { VmmSubject } from './subject.ts'
import { assertEnded, inWorld, type World } from './world.ts'

/** What a driver promises about machines of an earlier daemon. */
export function adoptChecks(subject: VmmSubject): Check[] {
  const check = (sentence: string, run: (world: World) => Promise<void>): Check => ({
    sentence,
    run: () => inWorld(subject, run),
  })
  return [
    check('adopts a machine of an earlier daemon by its state, with all that it can do', adopts),
    check('adopts none whose process is gone, nor another process with its pid', adoptsNoOther),
    check('sweeps what no state was kept of, as often as it is asked to, and no other machine', sweeps),
  ]
}

async function adopts({ driver, machine, orphan }: World): Promise<void> {
  const spec = machine('cccccccccc01')
  const state = await orphan(spec)
  assert.ok(await isAlive(state), 'its process ends with the daemon that started it')
  const adopted = await within('adopt()', driver.adopt(state, spec))
  assert.ok(adopted, 'a machine that runs is not adopted')
  assert.deepEqual(adopted.state, state, 'its state is another one when it was adopted')
  await within('pause()', Promise.resolve(adopted.pause?.()))
  await within('resume()', Promise.resolve(adopted.resume?.()))
  await within('kill()', adopted.kill())
  assert.equal(await isAlive(state), false, 'its process runs on when it was adopted and killed')
  const { reason } = await within('exited', adopted.exited)
  assert.equal(reason, 'killed', `it was killed, and the reason given is ${reason}`)
}

async function adoptsNoOther({ driver, machine, orphan }: World): Promise<void> {
  const spec = machine('cccccccccc02')
  const state = await orphan(spec)
  const other = { ...state, startTime: state.startTime + 1 }
  assert.equal(await driver.adopt(other, spec), undefined, 'another process with its pid is adopted')
  assert.ok(await killProcess(state))
  assert.equal(await driver.adopt(state, spec), undefined, 'a machine that is gone is adopted')
}

async function sweeps({ driver, machine, orphan }: World): Promise<void> {
  const [spec, other] = [machine('cccccccccc03'), machine('cccccccccc04')]
  await orphan(spec)
  const spared = await orphan(other)
  await within('sweep()', driver.sweep(spec))
  await assertEnded(spec, 'when it was swept')
  assert.ok(await isAlive(spared), 'another machine was swept, too')
  await within('a second sweep()', driver.sweep(spec))
}
