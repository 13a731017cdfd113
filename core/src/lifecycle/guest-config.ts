import { createHash, randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { GuestConfig } from '../hooks/provision.ts'
import type { Vm } from '../protocol/model.ts'
import type { Engine } from './engine.ts'
import { provision, type Provisioned } from './provision.ts'

/** What the guest is told at its start: core's own part, then what each provision tap adds. */
export async function guestConfig(engine: Engine, vm: Vm, signal: AbortSignal): Promise<Provisioned> {
  const image = engine.store.images.get(vm.image)
  const os = image?.os
  const distro = os ? engine.distros.values().find((candidate) => candidate.matches(os)) : undefined
  const about = {
    vm: { id: vm.id, name: vm.name },
    image: { name: vm.image, config: image?.config ?? {}, hasInit: Boolean(image?.init), ...(os ? { os } : {}) },
    ...(distro ? { distro } : {}),
  }
  const { hooks, host } = engine
  return provision(hooks.provision.taps, { ...about, guest: await ownPart(engine, vm) }, { log: host.log, signal })
}

async function ownPart(engine: Engine, vm: Vm): Promise<GuestConfig> {
  const { hostKey } = engine.paths.vm(vm.id)
  const config = engine.store.images.get(vm.image)?.config
  const [privateKey, publicKey] = await Promise.all([readFile(hostKey, 'utf8'), readFile(`${hostKey}.pub`, 'utf8')])
  return {
    hostname: vm.name,
    interfaces: vm.attachment ? [vm.attachment.guest] : [],
    hosts: [],
    authorizedKeys: [engine.sshKey.publicKey],
    sshHostKeys: [{ type: 'ed25519', privateKey, publicKey }],
    files: [],
    environment: environmentOf(config?.env ?? []),
    ...(config?.workingDir ? { workingDir: config.workingDir } : {}),
    services: [],
    firstBoot: [],
    clock: Date.now(),
    entropy: randomBytes(32).toString('base64'),
    machineId: createHash('sha256').update(vm.id).digest('hex').slice(0, 32),
  }
}

/** `KEY=value` lines as a record; a line without `=` is left out. */
function environmentOf(lines: string[]): Record<string, string> {
  return Object.fromEntries(
    lines
      .filter((line) => line.includes('='))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  )
}
