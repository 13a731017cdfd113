import { renameSync, statSync } from 'node:fs'
import pino from 'pino'
import type { Log } from '../hooks/host.ts'

/** Bytes after which the log of the last run is put aside at the daemon's start. */
const rotateAt = 16 * 1024 * 1024

/** Structured log, a JSON object a line, on stdout; the CLI starts the daemon with stdout going to the log file. */
export function createLog(level: string): Log & { level: string } {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (label) => ({ level: label }) } }, pino.destination({ fd: 1, sync: true }))
}

/** Called by whoever is about to start a daemon with that log. */
export function rotateLog(file: string): void {
  try {
    if (statSync(file).size > rotateAt) renameSync(file, `${file}.1`)
  } catch {
    // no log yet
  }
}
