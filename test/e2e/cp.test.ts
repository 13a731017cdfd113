import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { Banger, environment, outcome, program } from './banger.ts'
import { Terminal } from './terminal.ts'

const banger = new Banger(inject('home'))

describe('vm cp', () => {
  let folder: string
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'banger-cp-'))
    await banger.ok(['vm', 'create', '--name', 'copies', '--disk', '128M'])
  })
  afterAll(async () => {
    await banger.run(['vm', 'delete', '--force', 'copies'])
    rmSync(folder, { recursive: true, force: true })
  })

  it('carries a tree into a VM and back, and it is the same', async () => {
    const tree = join(import.meta.dirname, '../../core/src')
    await banger.ok(['vm', 'cp', tree, 'copies:/srv/tree'])
    expect(await guest("stat -c '%u:%g' /srv/tree /srv/tree/index.ts")).toBe('0:0\n0:0\n')
    await banger.ok(['vm', 'cp', 'copies:/srv/tree', folder])
    execFileSync('diff', ['-r', tree, join(folder, 'tree')])
    expect(modes(join(folder, 'tree'))).toEqual(modes(tree))
  })

  it('reads and writes single files by stdin and stdout, and follows the link that is named', async () => {
    await banger.ok(['vm', 'cp', '-', 'copies:note'], { input: 'from the host' })
    expect(await guest('cat /root/note')).toBe('from the host')
    expect(await banger.ok(['vm', 'cp', 'copies:/etc/os-release', '-'])).toContain('PRETTY_NAME')
    expect(await banger.ok(['vm', 'cp', 'copies:/proc/sys/kernel/hostname', '-'])).toBe('copies\n')
  })

  it('says what is wrong and exits with 1; a wrong use with 2', async () => {
    for (const [args, status, words] of [
      [['copies:/none', '.'], 1, 'copies:/none: there is no such file'],
      [['/none', 'copies:'], 2, 'names no path'],
      [['/none', 'copies:/srv'], 1, '/none: there is no such file'],
      [[import.meta.filename, 'copies:/none/new'], 1, 'Make the folder /none first'],
      [[import.meta.filename, 'nobody:/srv'], 1, 'no VM named "nobody"'],
      [['a', 'b'], 2, 'No path is in a VM'],
      [['a', 'copies:b', '.'], 2, 'on this host'],
    ] as const) {
      const result = await banger.run(['vm', 'cp', ...args])
      expect([result.status, result.stderr]).toEqual([status, expect.stringContaining(words)])
    }
  })

  it("tells of a guest's full disk, and leaves no half of the file", async () => {
    const copying = banger.start(['vm', 'cp', '-', 'copies:/srv/big'])
    const zeros = spawn('head', ['-c', '200M', '/dev/zero'], { stdio: ['ignore', 'pipe', 'ignore'] })
    copying.stdin?.on('error', () => undefined)
    zeros.stdout.pipe(copying.stdin as NodeJS.WritableStream)
    const { status, stderr } = await outcome(copying)
    zeros.kill()
    expect([status, stderr]).toEqual([1, expect.stringMatching(/guest's disk is full[\s\S]*--disk/)])
    expect(await guest('ls -A /srv; echo works > /srv/after && cat /srv/after')).toBe('tree\nworks\n')
  })

  it("tells of this host's full disk, and leaves nothing", async () => {
    await guest('head -c 3000000 /dev/zero > /srv/large')
    const script =
      'mount -t tmpfs -o size=1m tmpfs "$0" && "$1" vm cp copies:/srv/large "$0/x"; status=$?; ls -A "$0"; exit $status'
    const options = process.getuid?.() === 0 ? ['--mount'] : ['--mount', '--map-root-user']
    const child = spawn('unshare', [...options, 'sh', '-c', script, folder, program], { env: environment(banger.home) })
    expect(await outcome(child)).toEqual({ status: 1, stdout: '', stderr: expect.stringMatching(/disk that holds .* is full/) })
  })

  it('that is interrupted says so, exits with 130 and leaves nothing by half', async () => {
    const copying = banger.start(['vm', 'cp', '-', 'copies:/srv/half'])
    copying.stdin?.on('error', () => undefined)
    copying.stdin?.write(Buffer.alloc(5_000_000))
    await expect.poll(() => guest('ls -A /srv'), { timeout: 20_000 }).toContain('.part')
    copying.kill('SIGINT')
    const { status, stderr } = await outcome(copying)
    expect([status, stderr]).toEqual([130, expect.stringContaining('The copy to copies:/srv/half was interrupted')])
    await expect.poll(() => guest('ls -A /srv'), { timeout: 20_000 }).not.toMatch(/half|part/)
  })

  it('shows how far it is on a terminal alone', async () => {
    await guest('head -c 30000000 /dev/zero > /srv/large')
    using terminal = new Terminal(banger, ['vm', 'cp', 'copies:/srv/large', join(folder, 'large')], { rows: 24, cols: 100 })
    await terminal.see(/Copying copies:\/srv\/large {2}.* of 28\.6 MiB[\s\S]*Copied 28\.6 MiB/)
    expect((await banger.run(['vm', 'cp', 'copies:/srv/after', folder])).stderr).toBe('')
  })

  function guest(script: string): Promise<string> {
    return banger.ok(['vm', 'exec', 'copies', '--', 'sh', '-c', script])
  }
})

function modes(folder: string): string {
  return execFileSync('find', ['.', '-printf', '%P %m %l\n'], { cwd: folder, encoding: 'utf8' }).split('\n').sort().join('\n')
}
