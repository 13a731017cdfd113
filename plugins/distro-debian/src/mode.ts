import { readFile } from 'node:fs/promises'
import type { Host } from '@banger/core'

/** How mmdebstrap may work here. Without a name: not at all, and `advice` says what would change that. */
export interface Mode {
  name?: 'root' | 'unshare' | 'fakechroot'
  detail: string
  advice: string
}

/** Ids that a user must own besides its own for a whole system. */
const neededIds = 65_536

/** Tries what this user can do: root, else user namespaces with subordinate ids, else fakechroot. */
export async function chooseMode(host: Host, user: { uid: number; username: string }, subuidFile = '/etc/subuid'): Promise<Mode> {
  if (user.uid === 0) return { name: 'root', detail: 'as root', advice: '' }
  const obstacle = await namespaceObstacle(host, user, subuidFile)
  if (!obstacle) return { name: 'unshare', detail: 'in a user namespace', advice: '' }
  if ((await host.which('fakechroot')) && (await host.which('fakeroot'))) {
    return { name: 'fakechroot', detail: `under fakechroot, since ${obstacle.reason}`, advice: obstacle.advice }
  }
  return {
    detail: `an unprivileged bootstrap is not possible: ${obstacle.reason}, and fakechroot is not installed`,
    advice: `${obstacle.advice} Or install fakechroot and fakeroot: sudo apt-get install fakechroot fakeroot`,
  }
}

async function namespaceObstacle(
  host: Host,
  user: { uid: number; username: string },
  subuidFile: string,
): Promise<{ reason: string; advice: string } | undefined> {
  if (!(await host.which('newuidmap')))
    return { reason: 'newuidmap is not installed', advice: 'Install it: sudo apt-get install uidmap.' }
  const subuid = await readFile(subuidFile, 'utf8').catch(() => '')
  if (!ownsIds(subuid, user)) {
    return {
      reason: `${subuidFile} gives ${user.username} no range of ids`,
      advice: `Add one: sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 ${user.username}.`,
    }
  }
  const { code } = await host.run('unshare', ['--user', 'true'], { allow: [1, 126, 127] }).catch(() => ({ code: 1 }))
  if (code === 0) return undefined
  return {
    reason: 'the kernel refuses user namespaces to ordinary users',
    advice:
      'Allow them: sudo sysctl kernel.unprivileged_userns_clone=1 (on Ubuntu: kernel.apparmor_restrict_unprivileged_userns=0).',
  }
}

/** Lines are `<name or uid>:<first id>:<count>` (subuid(5)). */
export function ownsIds(subuid: string, user: { uid: number; username: string }): boolean {
  return subuid.split('\n').some((line) => {
    const [owner, , count] = line.trim().split(':')
    return (owner === user.username || owner === String(user.uid)) && Number(count) >= neededIds
  })
}
