import { StringDecoder } from 'node:string_decoder'

/** Cuts a byte stream into lines, however it is split into chunks. Line ends are left out, a last line without one is kept back. */
export class LineDecoder {
  readonly #decoder = new StringDecoder('utf8')
  #rest = ''

  push(chunk: Buffer): string[] {
    const lines = (this.#rest + this.#decoder.write(chunk)).split('\n')
    this.#rest = lines.pop() ?? ''
    return lines.map((line) => line.replace(/\r$/, '')).filter((line) => line !== '')
  }
}
