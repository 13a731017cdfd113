import { string } from '@oclif/core/args'
import { formatFields } from '../../client/output/table.ts'
import { formatAge, formatBytes } from '../../client/output/units.ts'
import { visibleLine } from '../../client/output/visible.ts'
import type { ImageEntry } from '../../protocol/model.ts'
import { BangerCommand } from '../base.ts'

export default class ImageShow extends BangerCommand {
  static override description = 'Show everything about an image.'
  static override examples = [
    '<%= config.bin %> image show debian-bookworm',
    "<%= config.bin %> image show debian-bookworm --json | jq '.config.env'",
  ]
  static override args = { image: string({ description: 'name of an image', required: true, ignoreStdin: true }) }

  async run(): Promise<ImageEntry> {
    const { args } = await this.parse(ImageShow)
    const image = await this.client().image(args.image)
    this.log(describe(image))
    return image
  }
}

function describe(image: ImageEntry): string {
  const { config } = image
  return formatFields({
    'name': image.name,
    'source': image.source,
    'digest': image.digest,
    'platform': image.platform,
    'system': image.os?.prettyName ?? image.os?.id,
    'kernel': image.kernel ?? 'default',
    'init': image.init || 'none (the agent is PID 1)',
    'rootfs': image.managed ? image.files.rootfs : `${image.files.rootfs} (yours: not deleted with the image)`,
    'work seed': image.files.workSeed,
    'environment': lines(config.env),
    'user': config.user,
    'working dir': config.workingDir,
    'entrypoint': words(config.entrypoint),
    'command': words(config.cmd),
    'labels': lines(Object.entries(config.labels ?? {}).map(([name, value]) => `${name}=${value}`)),
    'size': formatBytes(image.size),
    'cached': image.cached
      ? `${formatBytes(image.cachedSize)}, ${formatBytes(image.sharedSize)} of it shared with other images`
      : undefined,
    'created': formatAge(image.createdAt),
  })
}

/** As they would be typed, so that it shows where one ends. */
function words(list: string[] | undefined): string | undefined {
  return list?.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(word))).join(' ')
}

/** One below the other, each on a line of its own whatever is in it. */
function lines(list: string[] | undefined): string | undefined {
  return list?.length ? list.map(visibleLine).join('\n') : undefined
}
