import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fail } from '../errors.ts'
import { type DocumentTable, documentTable } from './document-table.ts'
import { type JournalTable, journalTable } from './journal-table.ts'
import type { Image, Kernel, Vm } from '../protocol/model.ts'

/** The format of the store. A change that an older banger could not read adds one. */
const format = 1

export interface Store {
  images: DocumentTable<Image>
  kernels: DocumentTable<Kernel>
  vms: DocumentTable<Vm>
  journal: JournalTable
  close(): void
}

/**
 * Opens the store and keeps it locked until `close` or the process's end: whoever holds the store is the daemon.
 * @throws daemon.already-running when another process holds it, store.newer, state.unwritable
 */
export function openStore(file: string): Store {
  const database = open(file)
  try {
    prepare(database, file)
  } catch (error) {
    database.close()
    throw error
  }
  return {
    images: documentTable<Image>(database, 'images', (image) => image.name),
    kernels: documentTable<Kernel>(database, 'kernels', (kernel) => kernel.name),
    vms: documentTable<Vm>(database, 'vms', (vm) => vm.id),
    journal: journalTable(database),
    close: () => database.close(),
  }
}

function open(file: string): DatabaseSync {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    return new DatabaseSync(file)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw fail('state.unwritable', { folder: dirname(file), reason, variable: 'XDG_STATE_HOME' }, error)
  }
}

/** An exclusive lock that is never given back lasts exactly as long as the process (https://sqlite.org/pragma.html#pragma_locking_mode). */
function prepare(database: DatabaseSync, file: string): void {
  try {
    database.exec(
      'PRAGMA busy_timeout = 0; PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; BEGIN EXCLUSIVE; COMMIT',
    )
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    if (/locked|busy/i.test(reason)) throw fail('daemon.already-running', { pid: 'unknown', folder: dirname(file) }, error)
    throw fail('state.unwritable', { folder: dirname(file), reason, variable: 'XDG_STATE_HOME' }, error)
  }
  const found = Number(database.prepare('PRAGMA user_version').get()?.user_version ?? 0)
  if (found > format) throw fail('store.newer', { file, found, known: format })
  database.exec(`
    CREATE TABLE IF NOT EXISTS images (id TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS kernels (id TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS vms (id TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS journal (id INTEGER PRIMARY KEY AUTOINCREMENT, verb TEXT NOT NULL, subject TEXT NOT NULL,
      context TEXT NOT NULL, step TEXT NOT NULL) STRICT;
    PRAGMA user_version = ${format};
  `)
}
