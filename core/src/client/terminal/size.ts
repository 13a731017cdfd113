export interface TerminalSize {
  rows: number
  cols: number
}

/** Of the terminal this process writes to; 24 × 80 without one. */
export function terminalSize(): TerminalSize {
  const out = [process.stdout, process.stderr].find((stream) => stream.isTTY)
  if (!out) return { rows: 24, cols: 80 }
  // Asked for anew: Node updates `rows` in its own SIGWINCH handler, which may run after ours.
  const [cols, rows] = out.getWindowSize()
  // A serial line or an emulator without a size says 0 × 0.
  return { rows: rows || 24, cols: cols || 80 }
}
