/** What plugins add, as people call it, in the order in which it is shown. */
const kinds: Record<string, string> = {
  vmms: 'VMM',
  networks: 'network',
  imageSources: 'image source',
  kernelSources: 'kernel source',
  distros: 'distro',
  hooks: 'hooks',
  commands: 'commands',
  settings: 'settings',
}

/** One line for each kind: `image source: debian`. */
export function describeAdditions(adds: Record<string, string[]>): string[] {
  const known = [...new Set([...Object.keys(kinds), ...Object.keys(adds)])]
  return known.flatMap((kind) => (adds[kind]?.length ? [`${kinds[kind] ?? kind}: ${adds[kind].join(', ')}`] : []))
}
