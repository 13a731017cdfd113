/** What a guest's workspace holds, file by file, as far as it came from here or was brought here. */
export interface ManifestFile {
  kind: 'file' | 'link'
  /** The nine permission bits. */
  mode: number
  /** Name of the git blob with its content. */
  hash: string
  /** The guest's stamp of it. */
  guest: string
  /** The host's stamp of what was sent; `-` when that may have changed without it. */
  host: string
}

/** By path; bytes, one character each (latin1). */
export type Manifest = Map<string, ManifestFile>

/** A line `kind mode hash guest host path` and a zero byte for each file. */
export function formatManifest(manifest: Manifest): Buffer {
  const lines = [...manifest].map(
    ([path, { kind, mode, hash, guest, host }]) => `${kind} ${mode.toString(8)} ${hash} ${guest} ${host} ${path}\0`,
  )
  return Buffer.from(lines.join(''), 'latin1')
}

/** @throws RangeError when it is none */
export function parseManifest(bytes: Buffer): Manifest {
  const lines = bytes.toString('latin1').split('\0').slice(0, -1)
  return new Map(
    lines.map((line) => {
      const [, kind, mode = '', hash = '', guest = '', host = '', path = ''] =
        /^(file|link) ([0-7]+) (\S+) (\S+) (\S+) (.+)$/s.exec(line) ?? []
      if (kind !== 'file' && kind !== 'link') throw new RangeError('not a line of a manifest')
      return [path, { kind, mode: Number.parseInt(mode, 8), hash, guest, host }]
    }),
  )
}
