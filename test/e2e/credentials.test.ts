import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { Banger } from './banger.ts'
import { linkPlugin } from './link-plugin.ts'
import { Scratch, tree } from './scratch.ts'

const claude = '.claude/.credentials.json'
const pi = '.pi/agent/auth.json'
const opencode = '.local/share/opencode/auth.json'

/** A third party's plugin whose provision tap throws after it added something. */
const broken = `
export const extend = () => ({
  name: 'banger-plugin-broken',
  coreRange: '>=0.1.0',
  apply(hooks) {
    hooks.provision.tap('banger-plugin-broken', ({ guest }) => {
      guest.files.push({ path: '/srv/half', content: '', mode: 0o644 })
      throw new Error('it was never finished')
    })
  },
})
`

describe('the credentials of coding agents', () => {
  const secrets = Array.from({ length: 2 }, () => randomBytes(24).toString('hex'))
  let scratch: Scratch
  beforeAll(async () => {
    scratch = new Scratch()
    configure('')
    linkPlugin(scratch, 'banger-plugin-broken', broken)
    await scratch.borrow(new Banger(inject('home')))
  })
  afterAll(() => scratch[Symbol.asyncDispose]())

  it('are private files of the guest after the start; what cannot be copied is said, and a broken plugin is named', async () => {
    write(claude, login(0))
    write(pi, login(0))
    write('.claude/history.jsonl', 'history')
    mkdirSync(join(scratch.home, dirname(opencode)), { recursive: true })
    execFileSync('mkfifo', [join(scratch.home, opencode)])
    await scratch.ok(['vm', 'create', '--name', 'box'])
    expect(await guest(`cat ${claude} ${pi}`)).toBe(login(0) + login(0))
    expect(await guest(`stat -c '%a %u:%g' ${claude} ${pi} .claude .pi .pi/agent`)).toBe(
      '600 0:0\n600 0:0\n700 0:0\n700 0:0\n700 0:0\n',
    )
    expect(await guest('find .claude .local .pi /srv/half -type f 2>/dev/null | sort')).toBe(`${claude}\n${pi}\n`)
    expect((await scratch.vm('box')).warnings).toEqual([
      expect.stringMatching(/of opencode in .* are not copied: it is no regular file/),
      expect.stringMatching(/banger-plugin-broken failed .* it was never finished/),
    ])
  })

  it('are in no log, not in the store, and in no command line or environment', async () => {
    const seen = await scratch.ok(['vm', 'show', 'box', '--json'])
    const words = secrets.flatMap((secret, index) => [secret, Buffer.from(login(index)).toString('base64')])
    const files = tree(scratch.home)
      .map((file) => join(scratch.home, file))
      .filter((file) => ![claude, pi, opencode, 'overlay.ext4'].some((own) => file.endsWith(own)))
    expect(files.filter((file) => /banger\.db(-wal)?$|bangerd\.log$|console\.log$/.test(file))).toHaveLength(4)
    const places = [...files, ...processFiles()]
    expect([seen, ...places.filter((file) => words.some((word) => contents(file).includes(word)))]).toEqual([seen])
    expect(words.some((word) => seen.includes(word))).toBe(false)
    expect(readFileSync(`${scratch.state}/bangerd.log`, 'utf8')).toMatch(/"level":"debug".*credentials\.json/)
  })

  it('follow the host at the next start: updated, and gone where the host has none any more', async () => {
    write(claude, login(1))
    rmSync(join(scratch.home, pi))
    rmSync(join(scratch.home, opencode))
    await guest(`mkdir -p ${dirname(opencode)}; echo my own login > ${opencode}`)
    await restart()
    expect(await guest(`cat ${claude} ${opencode}; stat -c %a ${claude}; ls ${pi} 2>&1`)).toMatch(
      new RegExp(`^${login(1)}my own login\n600\nls: .*No such file`),
    )
  })

  it('go when they are turned off, and a login made inside the VM stays', async () => {
    configure('[plugins.auth-sync]\nsync = []\n')
    await scratch.ok(['daemon', 'stop'])
    await restart()
    expect(await guest(`ls -A .claude; cat ${opencode}`)).toBe('my own login\n')
  })

  it('are asked for no more while the setting is not valid: the daemon says so in place of starting', async () => {
    configure('[plugins.auth-sync]\nsync = ["claud"]\n')
    await scratch.ok(['daemon', 'stop'])
    const refused = await scratch.run(['vm', 'list'])
    expect([refused.status, refused.stderr]).toEqual([1, expect.stringMatching(/plugins\.auth-sync\.sync\.0.*claude/)])
    configure('')
    expect(await scratch.ok(['vm', 'list'])).toContain('box')
  })

  const login = (index: number): string => `{"token": "${secrets[index]}"}`

  function write(file: string, content: string): void {
    mkdirSync(dirname(join(scratch.home, file)), { recursive: true })
    writeFileSync(join(scratch.home, file), content)
  }

  function configure(more: string): void {
    write('.config/banger/config.toml', `log_level = "debug"\n${more}`)
  }

  function guest(script: string): Promise<string> {
    return scratch.ok(['vm', 'exec', 'box', '--cwd', '/root', '--', 'sh', '-c', `${script}; true`])
  }

  async function restart(): Promise<void> {
    await scratch.ok(['vm', 'stop', 'box'])
    await scratch.ok(['vm', 'start', 'box'])
  }
})

function processFiles(): string[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((pid) => [`/proc/${pid}/cmdline`, `/proc/${pid}/environ`])
}

/** Nothing for a folder, a socket, or a process that is gone. */
function contents(file: string): Buffer {
  try {
    return readFileSync(file)
  } catch {
    return Buffer.alloc(0)
  }
}
