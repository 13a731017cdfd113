import { visible, visibleLine } from './visible.ts'

/** A column's title and the text of a row's cell. */
export type Columns<T> = Record<string, (row: T) => string | number | undefined>

/**
 * Rows as aligned columns, the same on a terminal and in a pipe: titles in capitals, two spaces between, `-` for nothing.
 * @returns lines without a newline at the end
 */
export function formatTable<T>(rows: readonly T[], columns: Columns<T>): string {
  const titles = Object.keys(columns)
  const cells = rows.map((row) => titles.map((title) => cell(columns[title]?.(row))))
  return align([titles.map((title) => title.toUpperCase()), ...cells])
}

/** Names and values below each other, aligned; a value of several lines is indented, and undefined is left out. */
export function formatFields(fields: Record<string, string | number | undefined>): string {
  const shown = Object.entries(fields).filter((entry): entry is [string, string | number] => entry[1] !== undefined)
  const width = Math.max(0, ...shown.map(([name]) => name.length + 1))
  return shown
    .map(
      ([name, value]) => `${`${name}:`.padEnd(width)}  ${visible(String(value)).replaceAll('\n', `\n${' '.repeat(width + 2)}`)}`,
    )
    .join('\n')
}

function align(rows: string[][]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)))
  return rows
    .map((row) =>
      row
        .map((text, column) => text.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function cell(value: string | number | undefined): string {
  return value === undefined || value === '' ? '-' : visibleLine(String(value))
}
