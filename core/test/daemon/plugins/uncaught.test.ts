import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const folder = join(import.meta.dirname, '../../../src/daemon/plugins')

/** What a process says in which that code runs after `outliveUncaught`; `stop` ends it with 9. */
async function run(code: string): Promise<{ code: number; lines: string[] }> {
  const source = `
    import { PluginBook } from '${folder}/plugin-book.ts'
    import { runAs } from '${folder}/running-plugin.ts'
    import { outliveUncaught } from '${folder}/uncaught.ts'
    const say = (_fields, message) => console.log(message)
    const log = { debug: say, info: say, warn: say, error: say }
    const book = new PluginBook(log)
    outliveUncaught(book, log, () => process.exit(9))
    setTimeout(() => console.log('alive'), 100)
    ${code}`
  const args = ['--input-type=module-typescript', '--eval', source]
  const { stdout, status } = await promisify(execFile)(process.execPath, args).then(
    (output) => ({ ...output, status: 0 }),
    (error: { stdout: string; code: number }) => ({ stdout: error.stdout, status: error.code }),
  )
  return { code: status, lines: stdout.trim().split('\n') }
}

describe('what nobody catches', () => {
  it.each([
    "runAs('p', () => setTimeout(() => { throw new Error('late') }))",
    "runAs('p', () => setTimeout(() => void Promise.reject('late')))",
    "book.add({ name: 'p', root: '/plugins/p' }); const error = new Error('late'); error.stack = 'at file:///plugins/p/x.js:1'; setTimeout(() => { throw error })",
  ])('is put down as the failure of the plugin that it comes from: %s', async (code) => {
    expect(await run(code)).toEqual({ code: 0, lines: ['The plugin p failed while it ran in the background: late', 'alive'] })
  })

  it('stops the daemon in order when it is an exception of unknown origin', async () => {
    expect(await run("setTimeout(() => { throw new Error('whose?') })")).toEqual({
      code: 9,
      lines: ['an exception that nobody caught: the daemon stops, VMs keep running'],
    })
  })

  it('is logged when it is a rejection of unknown origin', async () => {
    expect(await run("void Promise.reject(new Error('whose?'))")).toEqual({
      code: 0,
      lines: ['a rejection that nobody handled', 'alive'],
    })
  })
})
