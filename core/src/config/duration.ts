/** Milliseconds of each unit. */
const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/**
 * A span of time as text: `30m`, `1h30m`, `10s`, `2d`, `500ms`; `0` is none.
 * @returns milliseconds, undefined for what is no such text
 */
export function parseDuration(text: string): number | undefined {
  if (text === '0') return 0
  if (!/^(\d{1,12}(ms|[smhd]))+$/.test(text)) return undefined
  const parts = [...text.matchAll(/(\d+)(ms|[smhd])/g)]
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * units[unit as keyof typeof units], 0)
}

/** The same back, in the largest unit that says it exactly: `30m`, `90m`. */
export function formatDuration(milliseconds: number): string {
  const [unit = 'ms', size = 1] = Object.entries(units).findLast(([, each]) => milliseconds % each === 0) ?? []
  return milliseconds === 0 ? '0' : `${milliseconds / size}${unit}`
}
