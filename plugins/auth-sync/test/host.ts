import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Host } from '@banger/core'

/** A home of its own, gone at the end of the scope. */
export class Home implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'banger-auth-sync-'))

  /** Writes a file below the home. @returns its path */
  write(file: string, content: string | Buffer): string {
    const path = join(this.path, file)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
    return path
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true })
  }
}

/** What the plugin asks of a host: its table of the configuration, and where that lies. */
export function hostWith(table: Record<string, unknown>): Host {
  return { config: (plugin: string) => (plugin === 'auth-sync' ? table : {}), dirs: { config: '/config' } } as unknown as Host
}
