import { once } from 'node:events'
import { createServer } from 'node:http'

/**
 * A web server on loopback. `files` says what it has, by path: bytes, or a function that answers.
 * @typedef {Buffer | string | import('node:http').RequestListener} Answer
 */
export class FileServer {
  /** @type {Record<string, Answer>} */
  files = {}
  /** Paths that were asked for, in order. @type {string[]} */
  asked = []
  #server = createServer((request, response) => {
    const path = request.url ?? ''
    this.asked.push(path)
    const answer = this.files[path]
    if (typeof answer === 'function') answer(request, response)
    else response.writeHead(answer === undefined ? 404 : 200).end(answer)
  })

  async listen() {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
  }

  /** `127.0.0.1:40123` */
  get host() {
    const address = this.#server.address()
    return `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  }

  /** @param {string} path */
  url(path) {
    return `http://${this.host}${path}`
  }

  close() {
    this.#server.close()
    this.#server.closeAllConnections()
  }
}
