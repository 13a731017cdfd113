const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Takes the signals that would end this process. Disposing gives them their usual effect again. */
export function onSignals(handle: (name: NodeJS.Signals) => void): Disposable {
  for (const name of names) process.on(name, handle)
  return {
    [Symbol.dispose]() {
      for (const name of names) process.off(name, handle)
    },
  }
}
