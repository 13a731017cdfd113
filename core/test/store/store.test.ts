import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openStore } from '../../src/store/store.ts'
import { aVm } from '../samples.ts'

describe('the store', () => {
  let folder: string
  let file: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'banger-store-'))
    file = join(folder, 'state', 'banger.db')
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('keeps documents over a restart', () => {
    const first = openStore(file)
    first.vms.put(aVm({ id: 'abc', name: 'box' }))
    first.vms.put(aVm({ id: 'abc', name: 'renamed' }))
    first.close()
    const second = openStore(file)
    expect(second.vms.all().map((vm) => vm.name)).toEqual(['renamed'])
    second.vms.delete('abc')
    expect(second.vms.get('abc')).toBeUndefined()
    second.close()
  })

  it('is locked against a second daemon, and free when the first is gone', () => {
    const first = openStore(file)
    const attempt = `import { openStore } from ${JSON.stringify(new URL('../../src/store/store.ts', import.meta.url).href)}
      try { openStore(process.argv[1]).close(); console.log('open') } catch (error) { console.log(error.code) }`
    const another = () =>
      execFileSync(
        process.execPath,
        ['--disable-warning=ExperimentalWarning', '--input-type=module-typescript', '-e', attempt, file],
        { encoding: 'utf8' },
      ).trim()
    expect(another()).toBe('daemon.already-running')
    first.close()
    expect(another()).toBe('open')
  })

  it('refuses a file that a newer banger wrote', () => {
    openStore(file).close()
    const database = new DatabaseSync(file)
    database.exec('PRAGMA user_version = 999')
    database.close()
    expect(() => openStore(file)).toThrowError(
      expect.objectContaining({ code: 'store.newer', hint: expect.stringContaining('Upgrade') }),
    )
  })

  it('says that its folder cannot be written', () => {
    const blocked = join(folder, 'file')
    execFileSync('touch', [blocked])
    expect(() => openStore(join(blocked, 'banger.db'))).toThrowError(expect.objectContaining({ code: 'state.unwritable' }))
    chmodSync(folder, 0o700)
  })
})
