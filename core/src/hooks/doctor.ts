/** One thing that `banger doctor` has looked at. */
export interface DoctorCheck {
  /** Stable: `qemu`, `kvm`, `plugin:@banger/plugin-vmm-qemu`. */
  id: string
  status: 'ok' | 'warning' | 'error'
  /** One line: what was found. */
  message: string
  /** What to do about it. */
  advice?: string
}

/** Handed to every `doctor` tap, which adds what it finds. */
export interface DoctorReport {
  /** Adds a check; `error` makes `banger doctor` exit with 1. */
  add(check: DoctorCheck): void
}
