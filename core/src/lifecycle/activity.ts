/**
 * What keeps VMs from being idle: the one place that is told whenever somebody uses one. It is kept in memory, so that the time
 * without a daemon never counts against a VM.
 */
export class Activity {
  readonly #began: number
  readonly #now: () => number
  readonly #vms = new Map<string, { last: number; underWay: Map<symbol, string> }>()

  /** @param now milliseconds since 1970 */
  constructor(now: () => number = Date.now) {
    this.#now = now
    this.#began = now()
  }

  /**
   * Something has begun that keeps the VM in use until it ends.
   * @param what for people: `exec`, `SSH`
   * @returns ends it; may be called again
   */
  begin(vmId: string, what: string): () => void {
    const vm = this.#of(vmId)
    const key = Symbol(what)
    vm.underWay.set(key, what)
    return () => {
      if (vm.underWay.delete(key)) vm.last = this.#now()
    }
  }

  /** The VM is in use right now. */
  note(vmId: string): void {
    this.#of(vmId).last = this.#now()
  }

  /** Since when nobody has used the VM, in milliseconds since 1970; undefined while somebody does. */
  idleSince(vmId: string): number | undefined {
    const vm = this.#vms.get(vmId)
    if (!vm) return this.#began
    return vm.underWay.size > 0 ? undefined : vm.last
  }

  forget(vmId: string): void {
    this.#vms.delete(vmId)
  }

  #of(vmId: string) {
    let vm = this.#vms.get(vmId)
    if (!vm) {
      vm = { last: this.#began, underWay: new Map() }
      this.#vms.set(vmId, vm)
    }
    return vm
  }
}
