import { fail } from '../errors.ts'
import { suggesting } from '../nearest.ts'

/** What plugins register under a name. A name taken twice is an error that names both plugins. */
export class Registry<T> {
  /** What is registered here, for messages: `VMM`, `image source`. */
  readonly kind: string
  /** The name that a value is registered under. */
  readonly nameOf: (value: T) => string
  readonly #entries = new Map<string, { plugin: string; value: T }>()

  constructor(kind: string, nameOf: (value: T) => string) {
    this.kind = kind
    this.nameOf = nameOf
  }

  /** @throws plugin.duplicate when another plugin holds the name */
  add(plugin: string, value: T): void {
    const name = this.nameOf(value)
    const holder = this.#entries.get(name)
    if (holder) throw fail('plugin.duplicate', { first: holder.plugin, second: plugin, kind: this.kind, name })
    this.#entries.set(name, { plugin, value })
  }

  /** Undefined when there is none of this name. */
  get(name: string): T | undefined {
    return this.#entries.get(name)?.value
  }

  /** @throws driver.not-found, listing what there is */
  require(name: string): T {
    const value = this.get(name)
    if (value === undefined)
      throw suggesting(
        fail('driver.not-found', { kind: this.kind, name, available: this.names().join(', ') || 'none' }),
        name,
        this.names(),
      )
    return value
  }

  /** In alphabetical order. */
  names(): string[] {
    return [...this.#entries.keys()].sort()
  }

  /** In the order of their names. */
  values(): T[] {
    return this.names().map((name) => this.require(name))
  }

  /** Who registered what, for `doctor`. */
  owners(): { name: string; plugin: string }[] {
    return this.names().map((name) => ({ name, plugin: this.#entries.get(name)?.plugin ?? '' }))
  }
}
