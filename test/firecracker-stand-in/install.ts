/** Installs the stand-in for use by hand: `node test/firecracker-stand-in/install.ts <folder>`. */
import { resolve } from 'node:path'
import { installStandIn } from './launcher.ts'

const [folder] = process.argv.slice(2)
if (!folder) throw new Error('name a folder')
process.stdout.write(`${installStandIn(resolve(folder))}\n`)
