import { execFileSync, spawnSync } from 'node:child_process'

/** Debian keeps e2fsprogs where an ordinary user's PATH does not lead. */
export const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` }

/** e2fsck's complaints, '' when there are none. */
export function e2fsck(image: string): string {
  const { status, stdout, stderr } = spawnSync('e2fsck', ['-fn', image], { encoding: 'utf8', env })
  return status === 0 ? '' : `${stdout}\n${stderr}`
}

/** Output of debugfs commands, without its prompts. */
export function debugfs(image: string, commands: string[]): string {
  const output = execFileSync('debugfs', ['-f', '-', image], {
    input: `${commands.join('\n')}\n`,
    encoding: 'latin1',
    env,
    maxBuffer: 1 << 28,
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  return output
}
