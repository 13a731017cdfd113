import { headerSize, streamId } from '../../protocol/stdio-mux.ts'

/** Counts where in a session's output one is (docs/sessions.md): over any number of connections. */
export class OutputPosition {
  /** Undefined before anything was heard of it. */
  current: number | undefined

  /** A position frame. @returns how many bytes of output are missing before it */
  arrive(position: number): number {
    const missing = this.current === undefined ? 0 : Math.max(0, position - this.current)
    this.current = position
    return missing
  }

  /** A frame of output has been dealt with. */
  pass(id: number, payload: Buffer): void {
    if (this.current !== undefined && isOutput(id)) this.current += headerSize + payload.length
  }
}

function isOutput(id: number): boolean {
  return id === streamId.stdout || id === streamId.stderr || id === streamId.exit
}
