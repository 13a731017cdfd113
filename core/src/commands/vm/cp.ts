import { string } from '@oclif/core/args'
import { copy } from '../../client/copy/copy.ts'
import type { CopyResult } from '../../client/copy/copy-entry.ts'
import { parsePlace, type Place } from '../../client/copy/place.ts'
import { formatBytes } from '../../client/output/units.ts'
import { BangerCommand, fail } from '../base.ts'

export default class VmCp extends BangerCommand {
  static override description = `Copy files and folders between this host and VMs.
VM:PATH is a path in a VM that runs, relative to /root; anything else is a path of this host (write ./a:b for a name with a colon). - as the source is stdin, - as the target stdout, for the bytes of one file.
As with cp -r: into TARGET when that is a folder that exists, else to the name TARGET, whose folder must exist. SOURCE/. is what the folder SOURCE holds. Folders are merged, files replaced.
Modes, times and links are kept; a link that is named as SOURCE is followed. In a VM everything belongs to root. Devices, pipes and sockets are left out.
An interrupted copy leaves no file by half.`
  static override usage = 'vm cp SOURCE... TARGET'
  static override examples = [
    '<%= config.bin %> vm cp ./dist testbox:/srv/dist',
    '<%= config.bin %> vm cp testbox:/var/log/syslog testbox:report.txt .',
    'pg_dump shop | <%= config.bin %> vm cp - testbox:/root/shop.sql',
    '<%= config.bin %> vm cp testbox:/etc/os-release - | head -1',
  ]
  static override strict = false
  static override completes = { source: 'vm:path', target: 'vm:path' }
  static override args = {
    source: string({ description: 'what to copy: VM:PATH, a path of this host, or -', required: true, ignoreStdin: true }),
    target: string({ description: 'where to: VM:PATH, a path of this host, or -', required: true, ignoreStdin: true }),
  }

  async run(): Promise<CopyResult> {
    const { argv } = await this.parse(VmCp)
    const places = (argv as string[]).map(parsePlace)
    const target = places.pop() as Place
    check(places, target)
    if (this.jsonEnabled() && target.stream) throw fail('usage', { reason: '--json and - cannot both have stdout.' })
    const result = await this.operate(async (live) => {
      try {
        // Quiet as cp is, but for people who watch.
        const progress = process.stderr.isTTY ? live.progress : () => undefined
        const streams = { stdin: process.stdin, stdout: process.stdout }
        return await copy(this.client(), places, target, { ...streams, progress, signal: live.signal })
      } catch (error) {
        throw live.signal.aborted ? fail('copy.interrupted', { target: target.text }) : error
      }
    })
    if (result.leftOut > 0) this.note(`Left out: ${result.leftOut} that are no files, folders or links.`)
    if (process.stderr.isTTY) this.note(`Copied ${formatBytes(result.bytes)} to ${target.text}`)
    return result
  }
}

/** @throws usage for what no copy can mean */
function check(sources: Place[], target: Place): void {
  const streams = sources.filter(({ stream }) => stream).length
  if (streams > 0 && sources.length > 1) throw fail('usage', { reason: 'Stdin can only be copied alone.' })
  if (target.stream && sources.length > 1) throw fail('usage', { reason: 'Stdout takes one file alone.' })
  const wrong = [...sources, target].every(({ vm }) => vm === undefined)
  const streamed = streams > 0 ? target : target.stream ? sources[0] : undefined
  if (wrong || (streamed && streamed.vm === undefined))
    throw fail('usage', { reason: 'No path is in a VM. Write it like testbox:/root' })
  if (target.vm === undefined && sources.some(({ vm }) => vm === undefined))
    throw fail('usage', {
      reason: `Both ${sources.find(({ vm }) => vm === undefined)?.text} and ${target.text} are on this host.`,
    })
}
