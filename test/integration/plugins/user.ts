import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Banger } from '../../e2e/banger.ts'

/** A user with a home of their own, whose npm asks nobody but the registry given. */
export class User extends Banger implements AsyncDisposable {
  constructor(registry = 'http://127.0.0.1:9/') {
    const home = mkdtempSync(join(tmpdir(), 'banger-plugins-'))
    super(home, {
      npm_config_registry: registry,
      npm_config_cache: join(home, '.npm'),
      npm_config_fetch_retries: '0',
      npm_config_userconfig: join(home, '.npmrc'),
    })
  }

  get data(): string {
    return join(this.home, '.local/share/banger')
  }

  /** What `banger plugins` shows of the plugins that the user added. */
  async added(): Promise<{ name: string; version: string; origin: string; status: string; adds: Record<string, string[]> }[]> {
    const all = await this.json<
      { name: string; version: string; origin: string; status: string; adds: Record<string, string[]> }[]
    >(['plugins'])
    return all.filter(({ origin }) => origin !== 'bundled')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.run(['daemon', 'stop'])
    rmSync(this.home, { recursive: true, force: true })
  }
}
