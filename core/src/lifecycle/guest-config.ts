import { createHash, randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { GuestConfig } from '../hooks/provision.ts'
import type { Vm } from '../protocol/model.ts'
import type { Engine } from './engine.ts'
import { imageEnvironment, imageFolder } from './image-environment.ts'
import { provideSshd } from './provide-sshd.ts'
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
  const guest = { ...(await ownPart(engine, vm)), ...provideSshd({ ...about, vm }) }
  return provision(engine.hooks.provision.taps, { ...about, guest }, signal)
}

async function ownPart(engine: Engine, vm: Vm): Promise<Omit<GuestConfig, 'firstBoot' | 'services'>> {
  const { hostKey } = engine.paths.vm(vm.id)
  const config = engine.store.images.get(vm.image)?.config
  const workingDir = imageFolder(config?.workingDir)
  const [privateKey, publicKey] = await Promise.all([readFile(hostKey, 'utf8'), readFile(`${hostKey}.pub`, 'utf8')])
  return {
    hostname: vm.name,
    interfaces: vm.attachment ? [vm.attachment.guest] : [],
    hosts: [],
    authorizedKeys: [engine.sshKey.publicKey],
    sshHostKeys: [{ type: 'ed25519', privateKey, publicKey }],
    files: [],
    environment: imageEnvironment(config?.env ?? []),
    ...(workingDir ? { workingDir } : {}),
    clock: Date.now(),
    entropy: randomBytes(32).toString('base64'),
    machineId: createHash('sha256').update(vm.id).digest('hex').slice(0, 32),
  }
}
