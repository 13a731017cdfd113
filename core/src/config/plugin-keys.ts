/** Top-level keys of config.toml that belong to a plugin, which declares them (plugin-settings.ts). */
const owners: Record<string, string> = {
  firecracker_bin: 'vmm-firecracker',
  bridge_name: 'network-bridge',
  bridge_ip: 'network-bridge',
  cidr: 'network-bridge',
  tap_pool_size: 'network-bridge',
  default_dns: 'network-bridge',
}

export const pluginKeys = Object.keys(owners)

/** Whether the key of that plugin is written at the top of the file, not in the plugin's table. */
export function isTopLevel(plugin: string, key: string): boolean {
  return owners[key] === plugin
}

/** Moves those keys into the tables of their plugins: to a plugin all of its settings look alike. */
export function moveIntoTables(file: unknown): unknown {
  if (!isTable(file)) return file
  const top = { ...file }
  const tables = isTable(file.plugins) ? { ...file.plugins } : {}
  for (const [key, plugin] of Object.entries(owners)) {
    if (!(key in top)) continue
    const table = tables[plugin] ?? {}
    if (isTable(table)) tables[plugin] = { ...table, [key]: top[key] }
    delete top[key]
  }
  return file.plugins === undefined || isTable(file.plugins) ? { ...top, plugins: tables } : top
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
