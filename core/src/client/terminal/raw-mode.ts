import type { ReadStream } from 'node:tty'

/**
 * Hands every key to the guest: no echo, no line editing, no signals from Ctrl-C. Disposing puts the terminal back,
 * and so does any end of this process that can still run code.
 * @param input nothing happens unless it is a terminal
 */
export function enterRawMode(input: ReadStream): Disposable {
  if (!input.isTTY || input.isRaw) return { [Symbol.dispose]() {} }
  const restore = (): void => void input.setRawMode(false)
  input.setRawMode(true)
  process.on('exit', restore)
  return {
    [Symbol.dispose]() {
      process.off('exit', restore)
      restore()
    },
  }
}
