import type { PreparedWorkspace } from '../../protocol/workspace.ts'
import { formatBytes } from './units.ts'

/** `/root/repo has the 120 files of /home/ann/shop: 3 sent (1.2 KiB), 1 removed` */
export function describeWorkspace({ guestPath, source, files, sent, bytes, removed }: PreparedWorkspace): string {
  const changes = [`${sent} sent (${formatBytes(bytes)})`, ...(removed > 0 ? [`${removed} removed`] : [])]
  return `${guestPath} has the ${files} files of ${source}: ${changes.join(', ')}`
}
