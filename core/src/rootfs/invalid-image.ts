/** What is wrong with the input; `buildRootfs` and `inspectRootfs` turn it into `image.invalid`, knowing where it came from. */
export class InvalidImage extends Error {
  /** What to do next, where there is more to say than usually. */
  readonly advice: string | undefined

  constructor(reason: string, advice?: string) {
    super(reason)
    this.name = 'InvalidImage'
    this.advice = advice
  }
}

/** Names are kept as one character per byte (latin1); people read them as UTF-8. */
export function showName(bytes: string): string {
  const text = Buffer.from(bytes, 'latin1').toString('utf8')
  const short = text.length > 120 ? `${text.slice(0, 120)}…` : text
  return short.replace(/[\u0000-\u001f\u007f]/g, '?')
}
