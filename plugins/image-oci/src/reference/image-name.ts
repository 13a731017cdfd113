/**
 * A name for an image: the last part of the repository with the tag, `debian-bookworm`; without `latest`. With a digest alone, its
 * beginning stands for the tag.
 */
export function imageName(repository: string, version?: string): string {
  const last = repository.split('/').pop() ?? ''
  const suffix = version?.startsWith('sha256:') ? version.slice(7, 19) : version === 'latest' ? '' : (version ?? '')
  const name = clean(`${last}-${suffix}`)
  return name || 'image'
}

/** Lower-case letters, digits, dots and hyphens, as core wants names to be. */
function clean(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, '-')
    .replace(/^[-.]+/, '')
    .slice(0, 63)
    .replace(/[-.]+$/, '')
}
