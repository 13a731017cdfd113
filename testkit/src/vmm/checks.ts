import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { isAlive, type MachineSpec, type MachineState, type VmmDriver } from '@banger/core'
import { type Check, rejection, within } from '../check.ts'
import { assertGoodError } from '../errors.ts'
import { adoptChecks } from './adopt.ts'
import type { VmmSubject } from './subject.ts'
import { assertEnded, inWorld, socketsOf, type World } from './world.ts'

/** What a VMM driver promises (`VmmDriver` and `Machine` of @banger/core). */
export function vmmChecks(subject: VmmSubject): Check[] {
  const check = (sentence: string, run: (world: World) => Promise<void>): Check => ({
    sentence,
    run: () => inWorld(subject, run),
  })
  return [
    check('says what it is, and whether it can be used here', ({ driver }) => describesItself(driver)),
    check('starts a machine, and tells its state as soon as there is a process', tellsItsState),
    check('starts it apart from the daemon, so that it outlives that', runsApart),
    check("adds to the console's log", addsToConsole),
    check('gives no channel to a guest without an agent, and waits no longer than it is told', givesNoChannel),
    check('kills a machine at once, as often as it is asked to', kills),
    check('sees a machine that is ended from outside', seesTheEnd),
    check('presses the power button without waiting for what the guest does', async ({ driver, machine }) => {
      await within('shutdown()', (await start(driver, machine('aaaaaaaaaa06'))).shutdown())
    }),
    check('pauses and resumes where it says that it can', pauses),
    check('leaves nothing of a machine that cannot start, and says why', leavesNothing),
    check('leaves nothing of a machine whose state could not be kept', undoes),
    check('starts a machine again once it has ended', startsAgain),
    ...adoptChecks(subject),
  ]
}

export function start(driver: VmmDriver, spec: MachineSpec): ReturnType<VmmDriver['start']> {
  return within(
    `the start of ${spec.id}`,
    driver.start(spec, () => undefined),
  )
}

async function describesItself(driver: VmmDriver): Promise<void> {
  assert.match(driver.name, /^[a-z0-9][a-z0-9-]*$/, `"${driver.name}" is no name for a VMM`)
  assert.ok(Number.isFinite(driver.preference), `its preference is ${driver.preference}`)
  assert.ok(driver.attachments.size > 0, 'it takes no kind of network')
  const { usable, detail, advice } = await driver.probe()
  assert.match(detail, /^\S.*$/, 'its probe gives no line of detail')
  assert.ok(usable || advice, `it cannot be used here (${detail}), and its probe gives no advice`)
  assert.ok(usable, `it cannot be used here, and not be checked: ${detail}. ${advice}`)
}

async function tellsItsState({ driver, machine }: World): Promise<void> {
  const spec = machine('aaaaaaaaaa01')
  const told: MachineState[] = []
  const started = await within(
    'the start',
    driver.start(spec, (state) => void told.push(state)),
  )
  assert.deepEqual(told, [started.state], 'onSpawn was not told, once, the state of the machine')
  assert.deepEqual(JSON.parse(JSON.stringify(started.state)), started.state, 'its state is not what JSON keeps of it')
  assert.ok(await isAlive(started.state), 'no process has the pid and the start time of its state')
}

async function runsApart({ driver, machine }: World): Promise<void> {
  const { state } = await start(driver, machine('aaaaaaaaaa02'))
  assert.notEqual(
    await sessionOf(state.pid),
    await sessionOf(process.pid),
    "its process is in the daemon's session, and ends with it",
  )
}

/** Field 6 of /proc/<pid>/stat (proc_pid_stat(5)). */
async function sessionOf(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1')
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[3]
}

async function addsToConsole({ driver, machine }: World): Promise<void> {
  const spec = machine('aaaaaaaaaa03')
  await writeFile(spec.consoleLog, 'of an earlier start\n')
  await (await start(driver, spec)).kill()
  const text = await readFile(spec.consoleLog, 'utf8')
  assert.ok(text.startsWith('of an earlier start\n'), "what the console's log held before is gone")
}

async function givesNoChannel({ driver, machine }: World): Promise<void> {
  const started = await start(driver, machine('aaaaaaaaaa04'))
  await rejection('connect() to a guest without an agent', within('connect()', started.connect()))
  const aborted = within('connect(), told to stop,', started.connect(AbortSignal.timeout(20)))
  await rejection('connect() that is told to stop', aborted)
  await started.kill()
  await rejection('connect() to a machine that is gone', within('connect()', started.connect()))
}

async function kills({ driver, machine }: World): Promise<void> {
  const started = await start(driver, machine('aaaaaaaaaa05'))
  await within('kill()', started.kill())
  assert.equal(await isAlive(started.state), false, 'its process runs on when kill() has resolved')
  await hasEnded(started.exited)
  await within('a second kill()', started.kill())
}

async function seesTheEnd({ driver, machine }: World): Promise<void> {
  const started = await start(driver, machine('aaaaaaaaaa07'))
  process.kill(started.state.pid, 'SIGKILL')
  await hasEnded(started.exited)
}

/** @param exited of a machine whose process was killed */
async function hasEnded(exited: Promise<{ reason: string; detail: string }>): Promise<void> {
  const { reason, detail } = await within('exited', exited)
  assert.equal(reason, 'killed', `it was killed, and the reason given is ${reason}`)
  assert.match(detail, /^\S.*$/, 'its end has no line of words')
}

async function pauses({ driver, machine }: World): Promise<void> {
  await driver.probe()
  const started = await start(driver, machine('aaaaaaaaaa08'))
  const able = Boolean(started.pause && started.resume)
  assert.equal(
    able,
    driver.features.has('pause'),
    `its features ${able ? 'lack' : 'name'} pause, and its machine ${able ? 'can' : 'cannot'}`,
  )
  if (!able) return
  await within('pause()', Promise.resolve(started.pause?.()))
  await within('resume()', Promise.resolve(started.resume?.()))
}

async function leavesNothing({ driver, machine }: World): Promise<void> {
  const spec = machine('bbbbbbbbbb01')
  const broken = { ...spec, kernel: { ...spec.kernel, path: `${spec.dir}/no-such-vmlinux` } }
  const error = await rejection('a start without a kernel', start(driver, broken))
  assertGoodError(error, 'a start without a kernel')
  await assertEnded(spec, 'when it could not start')
  assert.deepEqual(await socketsOf(spec), [], 'sockets of it are left')
  await start(driver, spec)
}

async function undoes({ driver, machine }: World): Promise<void> {
  const spec = machine('bbbbbbbbbb02')
  const full = new Error('the store is full')
  const starting = driver.start(spec, () => {
    throw full
  })
  assert.equal(
    await rejection('a start whose state cannot be kept', within('the start', starting)),
    full,
    'it fails with another error',
  )
  await assertEnded(spec, 'when it could not start')
}

async function startsAgain({ driver, machine }: World): Promise<void> {
  const spec = machine('bbbbbbbbbb03')
  const first = await start(driver, spec)
  process.kill(first.state.pid, 'SIGKILL')
  await first.exited
  const { state } = await start(driver, spec)
  assert.ok(await isAlive(state), 'the second start gives no process')
}
