import { constants } from 'node:os'

/** 128 + n: what a shell reports for a program that a signal ended. */
export function signalStatus(signal: NodeJS.Signals): number {
  return 128 + (constants.signals[signal] ?? 0)
}

export interface Interrupt extends Disposable {
  readonly signal: AbortSignal
  /** The signal that came first, if any. */
  readonly received: NodeJS.Signals | undefined
}

/**
 * Turns the first SIGINT, SIGTERM or SIGHUP into an abort, so that work can be undone; the second ends the process
 * at once. Disposing gives the signals their usual effect again.
 */
export function abortOnSignals(): Interrupt {
  const controller = new AbortController()
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  let received: NodeJS.Signals | undefined
  const onSignal = (name: NodeJS.Signals): void => {
    if (received !== undefined) process.exit(signalStatus(name))
    received = name
    controller.abort()
  }
  for (const name of names) process.on(name, onSignal)
  return {
    signal: controller.signal,
    get received() {
      return received
    },
    [Symbol.dispose]() {
      for (const name of names) process.off(name, onSignal)
    },
  }
}
