/** Text from elsewhere (an image's labels, a registry's words) without what would move the cursor or colour the terminal. Lines and tabs stay. */
export function visible(text: string): string {
  return text.replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, escaped)
}

/** The same on one line and without tabs, so that its length tells how wide it is. */
export function visibleLine(text: string): string {
  return visible(text).replace(/\n/g, '\\n').replace(/\t/g, '\\t')
}

function escaped(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`
}
