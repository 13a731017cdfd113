/** Firecracker's flags, and whether they take a value. What the stand-in has no use for, it takes and passes over. */
const flags: Record<string, boolean> = {
  'api-sock': true,
  'boot-timer': false,
  'config-file': true,
  'describe-snapshot': true,
  'enable-pci': false,
  'help': false,
  'http-api-max-payload-size': true,
  'id': true,
  'level': true,
  'log-path': true,
  'metadata': true,
  'metrics-path': true,
  'mmds-size-limit': true,
  'module': true,
  'no-api': false,
  'no-seccomp': false,
  'parent-cpu-time-us': true,
  'seccomp-filter': true,
  'show-level': false,
  'show-log-origin': false,
  'snapshot-version': false,
  'start-time-cpu-us': true,
  'start-time-us': true,
  'version': false,
}

export type Arguments = ReadonlyMap<string, string>

/** @throws an Error in the words of Firecracker's parser */
export function parseArguments(argv: string[]): Arguments {
  const found = new Map<string, string>()
  for (let index = 0; index < argv.length; index++) {
    const argument = argv[index] ?? ''
    const name = argument.replace(/^--/, '')
    const takesValue = argument.startsWith('--') ? flags[name] : undefined
    if (takesValue === undefined)
      throw new Error(`Found argument '${argument}' which wasn't expected, or isn't valid in this context.`)
    if (found.has(name)) throw new Error(`The argument '${name}' was provided more than once.`)
    const value = takesValue ? argv[++index] : ''
    if (value === undefined || (takesValue && value.startsWith('--')))
      throw new Error(`The argument '${name}' requires a value, but none was supplied.`)
    found.set(name, value)
  }
  if (found.has('no-api') && !found.has('config-file')) throw new Error("Argument 'config-file' required, but not found.")
  return found
}
