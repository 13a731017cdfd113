import { readFile } from 'node:fs/promises'
import type { Body } from '../api/deserialize.ts'
import { Fault } from '../api/fault.ts'
import type { Operation } from '../api/operations.ts'
import type { Guest } from '../qemu/guest.ts'
import { type VmConfig, freshConfig } from './config.ts'
import { configure, untouching } from './configure.ts'
import type { HostFiles } from './host-files.ts'

/** What the VM needs of the world around it. */
export interface Surroundings {
  id: string
  version: string
  /** Bytes of MMDS data at most. */
  mmdsLimit: number
  host: HostFiles
  /** Boots a guest. @throws an Error in words that fit behind `Start microvm error: ` */
  boot(config: VmConfig): Promise<Guest>
  /** Moves the log. @throws an Error with the reason */
  setLog(config: Body): Promise<void>
}

/** One microVM: what it was told, and the guest once it runs. */
export class MicroVm {
  readonly #around: Surroundings
  #config: VmConfig
  #guest: Guest | undefined
  #state: 'Not started' | 'Running' | 'Paused' = 'Not started'

  constructor(around: Surroundings) {
    this.#around = around
    this.#config = freshConfig(around.mmdsLimit)
  }

  /** @returns what the answer holds, if anything. @throws Fault */
  async handle({ name, when, body }: Operation): Promise<unknown> {
    if (when === 'before' && this.#guest) throw afterStart()
    if (when === 'after' && !this.#guest) throw beforeStart()
    const method = name.slice(0, name.indexOf(' '))
    if (method === 'GET') return this.#read(name)
    if (name === 'PUT /actions') return this.#act(String(body.action_type))
    if (name === 'PATCH /vm') return this.#change(String(body.state))
    if (name === 'PUT /mmds' || name === 'PATCH /mmds') return this.#writeMmds(body, name === 'PATCH /mmds')
    if (name === 'PUT /snapshot/load') throw this.#snapshotFault()
    if (name === 'PUT /snapshot/create') throw createFault(this.#state)
    if (name === 'PATCH /balloon') return this.#resizeBalloon(Number(body.amount_mib))
    if (name === 'PUT /logger') return this.#setLog(body)
    if (this.#guest && method === 'PUT') throw new Fault('PCI is not enabled')
    const step = configure[name]
    if (!step) throw new Fault(`The requested operation is not supported: the stand-in has no ${name}`)
    this.#config = {
      ...(await step(this.#config, body, this.#around.host)),
      touched: this.#config.touched || !untouching.includes(name),
    }
    return undefined
  }

  #read(name: Operation['name']): unknown {
    const { machine, bootSource, drives, networks, vsock, entropy, balloon, mmds } = this.#config
    const { id, version } = this.#around
    if (name === 'GET /') return { id, state: this.#state, vmm_version: version, app_name: 'Firecracker' }
    if (name === 'GET /version') return { firecracker_version: version }
    if (name === 'GET /machine-config') return machine
    if (name === 'GET /mmds') return mmds.data ?? {}
    if (name === 'GET /balloon') {
      if (!balloon) throw new Fault('Balloon config error: No balloon device found.')
      return balloon
    }
    if (name === 'GET /vm/config') {
      return {
        'balloon': balloon ?? null,
        drives,
        'boot-source': bootSource ?? null,
        'machine-config': machine,
        'network-interfaces': networks,
        'vsock': vsock ? { guest_cid: vsock.guest_cid, uds_path: vsock.uds_path } : null,
        'entropy': entropy ?? null,
      }
    }
    throw new Fault(`The requested operation is not supported: the stand-in has no ${name}`)
  }

  async #act(action: string): Promise<void> {
    if (action === 'InstanceStart') {
      if (this.#guest) throw afterStart()
      return this.#start()
    }
    if (!this.#guest) throw beforeStart()
    if (action === 'SendCtrlAltDel') await this.#guest.pressCtrlAltDel()
  }

  /** A start that failed may be tried again. */
  async #start(): Promise<void> {
    const { bootSource } = this.#config
    const error = (what: string): Fault => new Fault(`Start microvm error: ${what}`)
    if (!bootSource) throw error('Cannot start microvm without kernel configuration.')
    const head = (await readFile(bootSource.kernel_image_path)).subarray(0, 4)
    if (!head.equals(Buffer.from('\x7fELF', 'latin1'))) {
      throw error(
        'System configuration error: Cannot load kernel due to invalid memory configuration or invalid kernel image: Kernel Loader: failed to load ELF kernel image: Invalid ELF magic number.',
      )
    }
    this.#guest = await this.#around.boot(this.#config).catch((reason: Error) => {
      throw error(reason.message)
    })
    this.#state = 'Running'
  }

  async #change(state: string): Promise<void> {
    if (state === 'Paused') await this.#guest?.pause()
    else await this.#guest?.resume()
    this.#state = state === 'Paused' ? 'Paused' : 'Running'
  }

  async #resizeBalloon(amount: number): Promise<void> {
    const { balloon, machine } = this.#config
    if (!balloon) throw new Fault('Balloon update error: No balloon device found.')
    if (amount > machine.mem_size_mib) throw new Fault('Balloon update error: Amount of pages requested is too large.')
    await this.#guest?.inflate(amount)
    this.#config = { ...this.#config, balloon: { ...balloon, amount_mib: amount } }
  }

  #writeMmds(body: unknown, patch: boolean): void {
    const { mmds } = this.#config
    if (patch && mmds.data === undefined) throw new Fault('MMDS error: The MMDS data store is not initialized.')
    const data = patch ? { ...(mmds.data as object), ...(body as object) } : body
    if (JSON.stringify(data).length > mmds.limit)
      throw new Fault("MMDS limit exceeded error: The MMDS patch request doesn't fit.", 413)
    this.#config = { ...this.#config, mmds: { ...mmds, data } }
  }

  async #setLog(body: Body): Promise<void> {
    await this.#around.setLog(body).catch((error: Error) => {
      throw new Fault(`Logger error: Failed to open target file: ${error.message}`)
    })
  }

  #snapshotFault(): Fault {
    return new Fault(
      this.#config.touched
        ? 'Load snapshot error: Loading a microVM snapshot not allowed after configuring boot-specific resources.'
        : 'Load snapshot error: Failed to restore from snapshot: the stand-in has no snapshots',
    )
  }
}

function createFault(state: string): Fault {
  return new Fault(
    state === 'Running'
      ? 'Create snapshot error: Cannot save the microVM state: Operation not allowed: save/restore unavailable while running'
      : 'Create snapshot error: the stand-in makes no snapshots',
  )
}

function afterStart(): Fault {
  return new Fault('The requested operation is not supported after starting the microVM.')
}

function beforeStart(): Fault {
  return new Fault('The requested operation is not supported before starting the microVM.')
}
