import type { DatabaseSync } from 'node:sqlite'

/** A table of JSON documents under a key. Every write is on disk when it returns. */
export interface DocumentTable<T> {
  get(id: string): T | undefined
  all(): T[]
  put(document: T): void
  delete(id: string): void
}

/** @param idOf the key of a document */
export function documentTable<T>(
  database: DatabaseSync,
  table: 'images' | 'kernels' | 'vms',
  idOf: (document: T) => string,
): DocumentTable<T> {
  const select = database.prepare(`SELECT body FROM ${table} WHERE id = ?`)
  const selectAll = database.prepare(`SELECT body FROM ${table} ORDER BY id`)
  const upsert = database.prepare(
    `INSERT INTO ${table} (id, body) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body`,
  )
  const remove = database.prepare(`DELETE FROM ${table} WHERE id = ?`)
  const read = (row: Record<string, unknown> | undefined): T | undefined =>
    row ? (JSON.parse(String(row.body)) as T) : undefined
  return {
    get: (id) => read(select.get(id)),
    all: () => selectAll.all().map((row) => JSON.parse(String(row.body)) as T),
    put: (document) => void upsert.run(idOf(document), JSON.stringify(document)),
    delete: (id) => void remove.run(id),
  }
}
