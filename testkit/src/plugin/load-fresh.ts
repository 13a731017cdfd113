/**
 * Loads a plugin as the daemon does, in a process of its own, and tells the parent what it saw. Arguments: URL of the module, name
 * of its export. A plugin that leaves something running keeps this process alive.
 */
import { testHost } from '../test-host.ts'
import { applyPlugin } from './apply.ts'
import { importExtend } from './import-extend.ts'

/** What the parent is told. */
export interface Loaded {
  name: unknown
  coreRange: unknown
  /** Names by which each hook is tapped: `imageSources banger-plugin-x`. */
  taps: string[]
  /** Names under which things are registered: `image source tarball, by banger-plugin-x`. */
  registered: { what: string; plugin: string }[]
  /** Kinds of things that still run (`Timeout`, `TCPSocketWrap`, …). */
  running: string[]
}

const [module = '', identifier = ''] = process.argv.slice(2)
try {
  process.send?.({ loaded: await load() })
} catch (error) {
  process.send?.({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) })
}
process.disconnect()

async function load(): Promise<Loaded> {
  const before = process.getActiveResourcesInfo()
  const extend = await importExtend(module, identifier)
  const plugin = await extend()
  if (typeof plugin?.apply !== 'function')
    throw new Error(`${identifier}() gives no plugin: { name, coreRange, apply(hooks, host) }`)
  using host = testHost()
  const { hooks, ...registries } = applyPlugin(plugin, host)
  const { name, coreRange } = plugin
  return {
    name,
    coreRange,
    taps: Object.values(hooks).flatMap((hook) => hook.taps.map((tap: { name: string }) => tap.name)),
    registered: Object.values(registries).flatMap((registry) =>
      registry.owners().map((owner) => ({ what: `${registry.kind} ${owner.name}`, plugin: owner.plugin })),
    ),
    running: added(before, process.getActiveResourcesInfo()),
  }
}

function added(before: string[], after: string[]): string[] {
  const rest = [...before]
  return after.filter((kind) => {
    const at = rest.indexOf(kind)
    if (at >= 0) rest.splice(at, 1)
    return at < 0
  })
}
