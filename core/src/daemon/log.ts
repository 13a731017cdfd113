import pino from 'pino'
import type { Log } from '../hooks/host.ts'

/** Structured log, a JSON object a line, on stdout; the CLI starts the daemon with stdout going to the log file. */
export function createLog(level: string): Log & { level: string } {
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (label) => ({ level: label }) } },
    pino.destination({ fd: 1, sync: true }),
  )
}
