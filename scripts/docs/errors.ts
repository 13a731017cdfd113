import { topics } from '../../core/src/errors/catalogue.ts'
import type { ErrorEntry } from '../../core/src/errors/topic.ts'

/** The text of docs/errors.md: every error of the catalogue by its topic, with what it says and advises. */
export function errorsPage(): string {
  const sections = Object.entries<Record<string, ErrorEntry>>(topics).map(
    ([topic, errors]) => `## ${topic}\n\n${Object.entries(errors).map(formatError).join('\n\n')}\n`,
  )
  return `${head}\n${sections.join('\n')}`
}

const head = `# Errors

<!-- Made by make docs from core/src/errors. -->

Every failure has a code that stays the same from version to version, says what is wrong, and what to do next. With \`--json\` a command prints
it as \`{"error": {"code", "message", "hint"}}\`; the daemon's API answers with the same fields and the HTTP status given here.
What stands in braces is filled in.
`

function formatError([code, { status, message, hint }]: [string, ErrorEntry]): string {
  return `### \`${code}\`\n\n${formatText(message)}<br>\n${formatText(hint)} (${status})`
}

/** Markdown would take \`<port>\` for HTML and \`*\` for emphasis. */
function formatText(text: string): string {
  return text.replaceAll(/[<>*_[\]]/g, (character) => `\\${character}`)
}
