/** A refusal in Firecracker's words: 400, or 413 where it says so. */
export class Fault extends Error {
  readonly status: 400 | 413

  constructor(message: string, status: 400 | 413 = 400) {
    super(message)
    this.status = status
  }
}
