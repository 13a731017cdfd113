import assert from 'node:assert/strict'
import { isIPv4 } from 'node:net'
import type { Attachment, NetworkDriver, PublishedPort } from '@banger/core'
import { type Check, rejection } from '../check.ts'
import { assertGoodError } from '../errors.ts'
import { listenOnLoopback } from './listen.ts'
import type { NetworkSubject } from './subject.ts'

type Run = (driver: NetworkDriver) => Promise<void>

/** Ids of the VMs that the checks plug in. */
const [one, other] = ['aaaaaaaaaaa1', 'aaaaaaaaaaa2'] as const

/** What a network driver promises (`NetworkDriver` of @banger/core). The checks run one after the other. */
export function networkChecks(subject: NetworkSubject): Check[] {
  const check = (sentence: string, run: Run): Check => ({ sentence, run: () => cleanly(subject, run) })
  const freePort = async (): Promise<number> => {
    const { port, close } = await (subject.listen ?? listenOnLoopback)()
    await close()
    return port
  }
  return [
    check('says whether it can be used here, and what to do when not', saysWhetherUsable),
    check('gives attachments of its kind, with all that a guest needs', async (driver) => {
      isWellFormed(driver, await attach(driver, one))
    }),
    check('gives each VM an interface of its own', async (driver) => {
      differ(await attach(driver, one), await attach(driver, other))
    }),
    check('chooses a free port where none was asked for, and keeps one that was', async (driver) => {
      await resolvesPorts(driver, await freePort())
    }),
    check('refuses a port that somebody listens on with port.in-use, and keeps nothing of that VM then', async (driver) => {
      const { port, close } = await (subject.listen ?? listenOnLoopback)()
      const free = await freePort()
      const refused = attach(driver, one, publish(free, 1), publish(port, 2))
      assertGoodError(await rejection(`port ${port}, which is in use,`, refused), 'a port that is in use', 'port.in-use')
      await close()
      await attach(driver, other, publish(free, 1), publish(port, 2))
    }),
    check('gives no port of one VM to another one before it is released', async (driver) => {
      const port = await freePort()
      await attach(driver, one, publish(port, 80))
      assertGoodError(await rejection('a port of another VM', attach(driver, other, publish(port, 80))), 'it', 'port.in-use')
      await driver.release(one)
      await attach(driver, other, publish(port, 80))
    }),
    check('releases as often as it is asked to, also a VM that it never saw', async (driver) => {
      await driver.release(other)
      await attach(driver, one)
      await driver.release(one)
      await driver.release(one)
      await driver.forget?.(one)
      await driver.forget?.(one)
    }),
    check('lets a VM keep its address over a stop and a start', async (driver) => {
      const before = await attach(driver, one)
      await driver.release(one)
      const { guest } = await attach(driver, one)
      assert.deepEqual(
        [guest.address, guest.mac],
        [before.guest.address, before.guest.mac],
        'it gives the VM others at the next start',
      )
    }),
    check('knows the running VMs after a restart of the daemon, and lets go of all others', async (driver) => {
      const [kept, gone] = [await freePort(), await freePort()]
      const attachment = await attach(driver, one, publish(kept, 80))
      await attach(driver, other, publish(gone, 80))
      const restarted = subject.driver()
      await restarted.reconcile([{ vmId: one, attachment: JSON.parse(JSON.stringify(attachment)) as Attachment }], new Set([one]))
      const taken = attach(restarted, other, publish(kept, 80))
      assertGoodError(await rejection('a port of a VM that runs on', taken), 'it', 'port.in-use')
      await attach(restarted, other, publish(gone, 80))
    }),
  ]
}

/** Runs a check on a fresh driver; afterwards nothing is left of its VMs. */
async function cleanly({ driver: make, snapshot = async () => '' }: NetworkSubject, run: Run): Promise<void> {
  const driver = make()
  await driver.reconcile([], new Set())
  const before = await snapshot()
  try {
    await run(driver)
  } finally {
    await make().reconcile([], new Set())
  }
  assert.equal(await snapshot(), before, 'it leaves something behind when all VMs are gone')
}

function attach(driver: NetworkDriver, vmId: string, ...ports: PublishedPort[]): Promise<Attachment> {
  return driver.attach({ vmId, vmName: `test-${vmId}`, publish: ports })
}

const publish = (hostPort: number, guestPort: number): PublishedPort => ({ hostAddress: '127.0.0.1', hostPort, guestPort })

async function saysWhetherUsable(driver: NetworkDriver): Promise<void> {
  const { usable, detail, advice } = await driver.probe()
  assert.match(detail, /^\S.*$/, 'its probe gives no line of detail')
  assert.ok(usable || advice, `it cannot be used here (${detail}), and its probe gives no advice`)
  assert.ok(usable, `it cannot be used here, and not be checked: ${detail}. ${advice}`)
}

function isWellFormed(driver: NetworkDriver, attachment: Attachment): void {
  const { mac, address, gateway, dns } = attachment.guest
  assert.equal(attachment.kind, driver.gives, `it says that it gives ${driver.gives}, and gives ${attachment.kind}`)
  assert.deepEqual(JSON.parse(JSON.stringify(attachment)), attachment, 'its attachment is not what JSON keeps of it')
  assert.match(mac, /^[0-9a-f][26ae](:[0-9a-f]{2}){5}$/, `${mac} is no MAC address of local use`)
  const [ip = '', bits = ''] = address.split('/')
  assert.ok(isIPv4(ip) && Number(bits) >= 8 && Number(bits) <= 31, `${address} is no address in CIDR notation`)
  for (const each of [...(gateway ? [gateway] : []), ...dns]) assert.ok(isIPv4(each), `${each} is no address`)
  if (attachment.kind === 'tap')
    assert.match(attachment.device, /^[\w.-]{1,15}$/, `"${attachment.device}" is no name of a device`)
}

function differ(one: Attachment, other: Attachment): void {
  assert.notEqual(one.guest.mac, other.guest.mac, 'two VMs have the same MAC address')
  if (one.kind !== 'tap' || other.kind !== 'tap') return
  assert.notEqual(one.guest.address, other.guest.address, 'two VMs have the same address')
  assert.notEqual(one.device, other.device, 'two VMs have the same tap')
}

async function resolvesPorts(driver: NetworkDriver, asked: number): Promise<void> {
  const { publish: given } = await attach(driver, one, publish(0, 80), publish(asked, 22), publish(0, 443))
  assert.deepEqual(
    given.map(({ guestPort }) => guestPort),
    [80, 22, 443],
    'it publishes other ports of the guest than were asked for',
  )
  assert.equal(given[1]?.hostPort, asked, 'it gives another port than the one that was asked for')
  const ports = given.map(({ hostPort }) => hostPort)
  for (const port of ports) assert.ok(port > 0 && port < 65_536, `it publishes port ${port}`)
  assert.equal(new Set(ports).size, ports.length, `it gives a port twice: ${ports.join(', ')}`)
}
