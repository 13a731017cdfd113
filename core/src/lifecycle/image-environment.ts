/** Not the image's to say: they belong to the account that a command runs as, to its terminal or to the moment. */
const notOfTheImage = new Set(['HOME', 'USER', 'LOGNAME', 'SHELL', 'TERM', 'PWD', 'OLDPWD', ''])

/**
 * The environment that an image gives to what runs in its VMs. A line without `=` is left out, of two lines for one name the later counts,
 * and what follows the first `=` is the value, whatever it holds.
 * @param lines `KEY=value`
 */
export function imageEnvironment(lines: string[]): Record<string, string> {
  const variables = lines
    .filter((line) => line.includes('='))
    .map((line): [string, string] => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)])
  return Object.fromEntries(variables.filter(([name]) => !notOfTheImage.has(name)))
}

/** The folder that an image names, as an absolute path; undefined when it names none. */
export function imageFolder(workingDir: string | undefined): string | undefined {
  if (!workingDir) return undefined
  return workingDir.startsWith('/') ? workingDir : `/${workingDir}`
}
