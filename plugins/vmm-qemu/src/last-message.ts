/** QEMU's last message, hints on the lines below it included, without the program's name and without warnings. */
export function lastMessage(log: string): string | undefined {
  const lines = log
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^\S*qemu-system-\S+: ((warning|info): |terminating on signal)/.test(line))
  const start = lines.findLastIndex((line) => prefix.test(line))
  const message = lines.slice(start < 0 ? -1 : start).map((line) => line.replace(prefix, '').trim())
  return message.length > 0 ? message.join(' ') : undefined
}

const prefix = /^\S*qemu-system-\S+: /
