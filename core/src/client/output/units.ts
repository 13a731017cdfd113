/** Numbers as a person reads them. */

/** Bytes in units of 1024: `3.4 MiB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  let value = bytes
  let unit = 0
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit += 1
  }
  const digits = unit === 0 || value >= 100 || Number.isInteger(value) ? 0 : 1
  return `${value.toFixed(digits)} ${units[unit]}`
}

/** MiB: `512 MiB`, `2 GiB`. */
export function formatMebibytes(mebibytes: number): string {
  return formatBytes(mebibytes * 1024 * 1024)
}

/** A span of milliseconds in its largest unit: `42s`, `3m`, `5h`, `2d`. */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000))
  if (seconds < 60) return `${seconds}s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)}h`
  return `${Math.floor(seconds / 86_400)}d`
}

/** How long ago a time (milliseconds since 1970) is: `3m ago`. */
export function formatAge(time: number, now: number = Date.now()): string {
  return `${formatDuration(now - time)} ago`
}
