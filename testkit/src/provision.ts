import assert from 'node:assert/strict'
import type { GuestConfig, ProvisionContext } from '@banger/core'
import { type Check, within } from './check.ts'
import { assertFiles, assertServices, assertSteps } from './guest.ts'
import type { AppliedPlugin } from './plugin/apply.ts'

/** A plugin that taps `provision`, and what it needs to show itself. */
export interface ProvisionSubject {
  plugin: AppliedPlugin
  /** The plugin's name, which owns the files that it gives. */
  name: string
  /** What is to be otherwise about the VM that is provisioned. */
  context?: Partial<Omit<ProvisionContext, 'guest' | 'warn'>>
}

/** What a plugin that taps `provision` promises (`ProvisionContext` of @banger/core). */
export function provisionChecks(subject: ProvisionSubject): Check[] {
  return [
    {
      sentence: 'gives what a guest can be configured with',
      run: async () => isWellFormed(await provision(subject), subject.name),
    },
    { sentence: 'gives the same at the next start', run: async () => givesTheSame(subject) },
    { sentence: 'adds to what others gave, and takes nothing of it away', run: async () => keepsOthers(subject) },
    {
      sentence: 'manages with a guest of which nothing is known',
      run: async () => isWellFormed(await bareGuest(subject), subject.name),
    },
  ]
}

/** Provisions a VM as core does before it starts: all taps, one after the other. @returns what they gave, and their warnings */
export async function provision(
  { plugin, context = {} }: ProvisionSubject,
  guest: GuestConfig = emptyGuest(),
): Promise<{ guest: GuestConfig; warnings: string[] }> {
  const warnings: string[] = []
  const vm = { id: 'aaaaaaaaaaa1', name: 'devbox' }
  const image = { name: 'debian-bookworm', os: { id: 'debian', idLike: [] }, config: {}, hasInit: true }
  const call = plugin.hooks.provision.promise({ vm, image, ...context, guest, warn: (message) => void warnings.push(message) })
  await within('provision', call)
  return { guest, warnings }
}

function emptyGuest(): GuestConfig {
  return {
    hostname: 'devbox',
    interfaces: [],
    hosts: [],
    authorizedKeys: [],
    sshHostKeys: [],
    files: [],
    environment: {},
    services: [],
    firstBoot: [],
    clock: 0,
    entropy: Buffer.alloc(32).toString('base64'),
    machineId: '0'.repeat(32),
  }
}

function bareGuest(subject: ProvisionSubject): ReturnType<typeof provision> {
  const { image: _image, distro: _distro, ...context } = subject.context ?? {}
  return provision({ ...subject, context: { ...context, image: { name: 'bare', config: {}, hasInit: false } } })
}

function isWellFormed({ guest, warnings }: { guest: GuestConfig; warnings: string[] }, owner: string): void {
  assert.deepEqual(JSON.parse(JSON.stringify(guest)), guest, 'what it gives is not what JSON keeps of it')
  assertFiles(guest.files, owner)
  assertSteps(guest.firstBoot)
  assertServices(guest.services, guest.firstBoot)
  for (const [name, value] of Object.entries(guest.environment)) {
    assert.match(name, /^[A-Za-z_]\w*$/, `"${name}" is no name of a variable`)
    assert.equal(typeof value, 'string', `the variable ${name} is no text`)
  }
  for (const warning of warnings) assert.match(warning, /^\S.*$/, 'it warns of something without words')
}

async function givesTheSame(subject: ProvisionSubject): Promise<void> {
  const [first, second] = [await provision(subject), await provision(subject)]
  assert.deepEqual(second.guest, first.guest, 'it gives something else at the next start')
}

async function keepsOthers(subject: ProvisionSubject): Promise<void> {
  const others = emptyGuest()
  others.files.push({ path: '/etc/others', content: '', mode: 0o644, owner: 'others' })
  others.environment['OTHERS'] = 'value'
  others.services.push({ name: 'others', argv: ['/bin/others'], restart: 'always' })
  const before = structuredClone(others)
  const { guest } = await provision(subject, others)
  assert.deepEqual(guest.files[0], before.files[0], 'it changes the files of others')
  assert.equal(guest.environment['OTHERS'], 'value', 'it changes the environment of others')
  assert.deepEqual(guest.services[0], before.services[0], 'it changes the services of others')
  assert.deepEqual([guest.hostname, guest.machineId], [before.hostname, before.machineId], 'it changes who the guest is')
}
