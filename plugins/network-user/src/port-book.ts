import { fail, type PublishedPort } from '@banger/core'
import { tryPort } from './try-port.ts'

/** Which host ports are promised to which VM, from the moment they are chosen: the VMM opens them only later. */
export class PortBook {
  readonly #taken = new Map<string, string[]>()

  /**
   * Checks the requested ports and chooses one where `hostPort` is 0.
   * @throws port.in-use, usage when one is asked for twice or can't be opened at all; nothing is taken then
   */
  async take(vmId: string, publish: PublishedPort[]): Promise<PublishedPort[]> {
    refuseDuplicates(publish)
    this.#taken.set(vmId, publish.filter((port) => port.hostPort !== 0).map(keyOf))
    try {
      const resolved: PublishedPort[] = []
      for (const port of publish) resolved.push(await this.#resolve(vmId, port))
      return resolved
    } catch (error) {
      this.release(vmId)
      throw error
    }
  }

  release(vmId: string): void {
    this.#taken.delete(vmId)
  }

  restore(running: { vmId: string; publish: PublishedPort[] }[]): void {
    this.#taken.clear()
    for (const { vmId, publish } of running) this.#taken.set(vmId, publish.map(keyOf))
  }

  async #resolve(vmId: string, port: PublishedPort): Promise<PublishedPort> {
    for (;;) {
      const hostPort = await tryPort(port)
      const key = keyOf({ ...port, hostPort })
      if (port.hostPort === 0) {
        if (this.#isTaken(key)) continue
        this.#taken.get(vmId)?.push(key)
      } else if (this.#isTaken(key, vmId)) {
        throw fail('port.in-use', { address: port.hostAddress, port: port.hostPort, guest: port.guestPort })
      }
      return { ...port, hostPort }
    }
  }

  /** @param except a VM whose own promises don't count */
  #isTaken(key: string, except?: string): boolean {
    return [...this.#taken].some(([vmId, keys]) => vmId !== except && keys.includes(key))
  }
}

function refuseDuplicates(publish: PublishedPort[]): void {
  const keys = publish.filter((port) => port.hostPort !== 0).map(keyOf)
  const twice = keys.find((key, index) => keys.indexOf(key) !== index)
  if (twice) throw fail('usage', { reason: `The host port ${twice} is published twice.` })
}

const keyOf = (port: PublishedPort): string => `${port.hostAddress}:${port.hostPort}`
