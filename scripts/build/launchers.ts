import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Writes the two programs that a user starts: shell scripts that find their files and hand over to Node. */
export async function writeLaunchers(root: string, bin: string): Promise<void> {
  const template = await readFile(join(root, 'scripts/build/launcher.sh'), 'utf8')
  const programs = { banger: 'banger.cjs', bangerd: 'daemon.js' }
  for (const [name, script] of Object.entries(programs)) {
    const text = template.replace('@NODE@', process.execPath.replaceAll("'", "'\\''")).replace('@SCRIPT@', script)
    await writeFile(join(bin, name), text, { mode: 0o755 })
  }
}
