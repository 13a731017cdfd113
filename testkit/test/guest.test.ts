import type { Distro, DoctorCheck, GuestFile, ProvisionContext } from '@banger/core'
import { afterAll, describe, expect, test } from 'vitest'
import { applyPlugin, distroChecks, doctorChecks, provisionChecks, testHost } from '../src/checks.ts'
import { broken } from './broken.ts'

const host = testHost()
afterAll(() => host.remove())
const name = 'banger-plugin-sample'
const one = (message: RegExp) => [{ message: expect.stringMatching(message) }]
const file = (path: string, text = ''): GuestFile => ({ path, content: Buffer.from(text).toString('base64'), mode: 0o644 })

describe('the checks of a distro', () => {
  const distro = (change: Partial<Distro> = {}): Distro => ({
    id: 'sample',
    initSystem: 'runit',
    matches: ({ id }) => id === 'void',
    packages: { install: (names) => [{ argv: ['xbps-install', '-y', ...names] }], nameOf: (generic) => generic },
    enableSshd: [{ argv: ['ln', '-s', '/etc/sv/sshd', '/var/service/'] }],
    service: (unit) => [file(`/etc/sv/${unit.name}/run`, [...Object.keys(unit.env ?? {}), ...unit.argv].join(' '))],
    ...change,
  })

  test('find nothing wrong with one that keeps its promises', async () => {
    expect(await broken(distroChecks({ distro: distro(), serves: ['void'] }))).toEqual([])
  })

  test.each<[what: string, change: Partial<Distro>, sentence: RegExp, message: RegExp]>([
    ['one that takes all', { matches: () => true }, /its own systems/, /takes debian for its own/],
    ['one that does not know its own', { matches: () => false }, /its own systems/, /does not know it/],
    [
      'packages that are not installed',
      { packages: { ...distro().packages, install: () => [{ argv: ['true'] }] } },
      /install/,
      /names curl/,
    ],
    ['a package without a name', { packages: { ...distro().packages, nameOf: () => '' } }, /by their names/, /no name for/],
    ['an sshd that does not run', { enableSshd: [] }, /sshd/, /gives no command/],
    ['a service of no files', { service: () => [] }, /a service/, /gives no files/],
    ['a service at a place that is none', { service: () => [file('etc/x', '/usr/bin/env')] }, /a service/, /no absolute path/],
    ['a service that is every service', { service: () => [file('/x', '/usr/bin/env')] }, /a service/, /two services/],
  ])('find %s', async (_what, change, sentence, message) => {
    expect(await broken(distroChecks({ distro: distro(change), serves: ['void'] }), sentence)).toMatchObject(one(message))
  })

  test('ask the init system itself where the test can', async () => {
    const accepts = () => Promise.reject(new Error('runit takes no such file'))
    expect(await broken(distroChecks({ distro: distro(), serves: ['void'], accepts }))).toMatchObject(one(/runit takes/))
  })
})

describe('the checks of what is provisioned', () => {
  const check = (tap: (context: ProvisionContext) => void, sentence?: RegExp) => {
    const plugin = applyPlugin({ name, coreRange: '*', apply: (hooks) => hooks.provision.tap(name, tap) }, host)
    return broken(provisionChecks({ plugin, name }), sentence)
  }

  test('find nothing wrong with a plugin that keeps its promises', async () => {
    expect(await check(({ guest }) => void guest.files.push({ ...file('/root/.profile'), owner: name }))).toEqual([])
  })

  test.each<[what: string, tap: (context: ProvisionContext) => void, sentence: RegExp, message: RegExp]>([
    ['a file that would stay for good', ({ guest }) => void guest.files.push(file('/x')), /configured with/, /owner is nobody/],
    [
      'a file at no place',
      ({ guest }) => void guest.files.push({ ...file('../x'), owner: name }),
      /configured with/,
      /no absolute/,
    ],
    [
      'a service without a program',
      ({ guest }) => void guest.services.push({ name: 'x', argv: [], restart: 'no' }),
      /configured/,
      /no program/,
    ],
    ['what is random', ({ guest }) => void (guest.environment['X'] = String(Math.random())), /the same/, /something else/],
    ['what takes from others', ({ guest }) => void (guest.environment = {}), /others gave/, /environment of others/],
    ['what needs a known guest', ({ image }) => bare(image.hasInit), /nothing is known/, /no init/],
  ])('find %s', async (_what, tap, sentence, message) => {
    expect(await check(tap, sentence)).toMatchObject(one(message))
  })
})

describe('the checks of doctor', () => {
  const check = (checks: () => DoctorCheck[]) => {
    const tap = async (report: { add(check: DoctorCheck): void }) => {
      for (const each of checks()) report.add(each)
    }
    return broken(
      doctorChecks({ plugin: applyPlugin({ name, coreRange: '*', apply: (hooks) => hooks.doctor.tapPromise(name, tap) }, host) }),
    )
  }

  test('find nothing wrong with a plugin that keeps its promises', async () => {
    expect(await check(() => [{ id: 'sample', status: 'ok', message: 'All is well.' }])).toEqual([])
  })

  test('find silence, trouble without advice, and moods', async () => {
    expect(await check(() => [])).toMatchObject(one(/says nothing/))
    expect(await check(() => [{ id: 'sample', status: 'error', message: 'It is broken.' }])).toMatchObject(one(/what to do/))
    let status: 'ok' | 'warning' = 'warning'
    const moody = (): DoctorCheck[] => [
      { id: 'sample', status: (status = status === 'ok' ? 'warning' : 'ok'), message: 'So.', advice: 'Wait.' },
    ]
    expect(await check(moody)).toMatchObject(one(/something else/))
  })
})

function bare(hasInit: boolean): void {
  if (!hasInit) throw new Error('no init')
}
