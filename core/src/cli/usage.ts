/** What of a command its usage tells; oclif's own types and its manifest both have it. */
export interface UsageParts {
  id: string
  usage?: string | string[] | undefined
  args?: Record<string, { name?: string; required?: boolean; hidden?: boolean; multiple?: boolean }>
  flags?: Record<string, { required?: boolean; hidden?: boolean; helpValue?: string | string[] }>
}

/** `image register --name <value> --rootfs <path> [FLAGS]`: the arguments, and of the flags only those that must be given. */
export function usageOf({ id, usage, args = {}, flags = {} }: UsageParts): string {
  if (usage !== undefined) return [usage].flat()[0] ?? ''
  const words = Object.entries(args).flatMap(([name, { required, hidden, multiple }]) => {
    const word = `${name.toUpperCase()}${multiple ? '...' : ''}`
    return hidden ? [] : [required ? word : `[${word}]`]
  })
  const needed = Object.entries(flags).flatMap(([name, { required, helpValue = '<value>' }]) =>
    required ? [`--${name} ${[helpValue].flat()[0]}`] : [],
  )
  const others = Object.entries(flags).some(([, { required, hidden }]) => !required && !hidden)
  return [id.replaceAll(':', ' '), ...words, ...needed, ...(others ? ['[FLAGS]'] : [])].join(' ')
}
