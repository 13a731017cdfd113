/** Run by the driver, detached: `node bridge-service.js <ServiceOptions as JSON> <identity>`. */
import type { ServiceOptions } from '../service/protocol.ts'
import { runService } from '../service/run-service.ts'

const [options = '', identity = ''] = process.argv.slice(2)
try {
  await runService(JSON.parse(options) as ServiceOptions, identity)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
  process.exit(1)
}
