import type { DatabaseSync } from 'node:sqlite'

/** A verb that was under way when its row was last written. */
export interface JournalEntry {
  id: number
  /** `vm.create` */
  verb: string
  /** The id of what it works on. */
  subject: string
  /** What its steps need to be undone or finished. */
  context: Record<string, unknown>
  /** The step that was begun last; '' before the first. */
  step: string
}

export interface JournalTable {
  begin(verb: string, subject: string, context: Record<string, unknown>): number
  step(id: number, step: string): void
  end(id: number): void
  open(): JournalEntry[]
}

export function journalTable(database: DatabaseSync): JournalTable {
  const insert = database.prepare("INSERT INTO journal (verb, subject, context, step) VALUES (?, ?, ?, '')")
  const update = database.prepare('UPDATE journal SET step = ? WHERE id = ?')
  const remove = database.prepare('DELETE FROM journal WHERE id = ?')
  const all = database.prepare('SELECT id, verb, subject, context, step FROM journal ORDER BY id')
  return {
    begin: (verb, subject, context) => Number(insert.run(verb, subject, JSON.stringify(context)).lastInsertRowid),
    step: (id, step) => void update.run(step, id),
    end: (id) => void remove.run(id),
    open: () =>
      all.all().map((row) => ({
        id: Number(row.id),
        verb: String(row.verb),
        subject: String(row.subject),
        context: JSON.parse(String(row.context)) as Record<string, unknown>,
        step: String(row.step),
      })),
  }
}
