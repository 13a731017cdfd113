import type { Log } from '../hooks/host.ts'
import type { Progress } from '../hooks/progress.ts'
import type { JournalEntry, JournalTable } from '../store/journal-table.ts'
import { crashPoint } from './crash-point.ts'

/** What a step has besides the verb's data while someone waits for it. */
export interface Live {
  signal: AbortSignal
  progress: Progress
}

/**
 * One step of a verb. `undo` must be right when the step has run, has run by half, or has been undone before.
 * In a verb that is finished after a crash, `run` must be right when it has run before.
 */
export interface Step<D> {
  name: string
  run(data: D, live: Live): Promise<void> | void
  undo?(data: D): Promise<void> | void
}

/** A journaled sequence of steps. `data` is kept in the store as JSON. */
export interface Verb<D extends object> {
  /** `vm.create` */
  name: string
  /** What a restarted daemon does with one that was under way. */
  onCrash: 'undo' | 'finish'
  steps: Step<D>[]
}

interface Journaling {
  journal: JournalTable
  log: Log
}

const alone: Live = { signal: new AbortController().signal, progress: () => undefined }

/**
 * Runs a verb. When a step fails, everything up to it is undone and the step's error is thrown
 * (a verb that is finished after a crash is not undone, but stays in the journal for the next start).
 */
export async function perform<D extends object>(
  verb: Verb<D>,
  subject: string,
  data: D,
  live: Live,
  to: Journaling,
): Promise<void> {
  const id = to.journal.begin(verb.name, subject, data as Record<string, unknown>)
  let reached = 0
  try {
    for (const [index, step] of verb.steps.entries()) {
      reached = index
      if (verb.onCrash === 'undo') live.signal.throwIfAborted()
      to.journal.step(id, step.name)
      crashPoint(`${verb.name}/${step.name}`, 'before')
      await step.run(data, live)
      crashPoint(`${verb.name}/${step.name}`, 'after')
    }
  } catch (error) {
    if (verb.onCrash === 'undo' && (await undo(verb, data, reached, to.log))) to.journal.end(id)
    throw error
  }
  to.journal.end(id)
}

/** After a crash: undoes or finishes what the journal says was under way. */
export async function recover<D extends object>(verb: Verb<D>, entry: JournalEntry, to: Journaling): Promise<void> {
  const data = entry.context as D
  const reached = verb.steps.findIndex((step) => step.name === entry.step)
  to.log.warn(
    { verb: verb.name, subject: entry.subject, step: entry.step },
    verb.onCrash === 'undo' ? 'undoing what a crash left' : 'finishing what a crash left',
  )
  if (verb.onCrash === 'undo') {
    if (await undo(verb, data, reached, to.log)) to.journal.end(entry.id)
    return
  }
  for (const step of verb.steps.slice(Math.max(reached, 0))) await step.run(data, alone)
  to.journal.end(entry.id)
}

/** @returns whether every undo worked */
async function undo<D extends object>(verb: Verb<D>, data: D, reached: number, log: Log): Promise<boolean> {
  let clean = true
  for (const step of verb.steps.slice(0, reached + 1).reverse()) {
    try {
      await step.undo?.(data)
    } catch (error) {
      clean = false
      log.error(
        { verb: verb.name, step: step.name, err: error },
        'a step could not be undone; the next start of the daemon tries again',
      )
    }
  }
  return clean
}
