import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { BenchHome } from './bench-home.ts'

export interface OciImage {
  /** `debian:three` */
  name: string
  /** Folder of an OCI layout and its tag, as skopeo takes it. */
  layout: string
  /** Its packed layers. */
  layers: string[]
}

/** Debian from the host's mirror in three layers, made by umoci. */
export function makeDebianImage(home: BenchHome, folder: string): OciImage {
  const tree = join(folder, 'debian')
  home.runProgram('mmdebstrap', '--variant=important', '--include=git,perl,python3,curl', 'bookworm', `${tree}.tar`)
  mkdirSync(tree)
  home.runProgram('tar', '-C', tree, '--exclude=./dev/*', '-xf', `${tree}.tar`)
  const tar = (...args: string[]) => home.runProgram('tar', '-C', tree, '--numeric-owner', ...args)
  tar('-cf', `${tree}-1.tar`, '--exclude=./usr/lib', '--exclude=./usr/share', '.')
  tar('-cf', `${tree}-2.tar`, './usr/lib')
  tar('-cf', `${tree}-3.tar`, './usr/share')
  rmSync(tree, { recursive: true })
  return pack(
    home,
    'debian',
    folder,
    [1, 2, 3].map((layer) => `${tree}-${layer}.tar`),
  )
}

/** One layer of 2 GiB. */
export function makeLargeImage(home: BenchHome, folder: string): OciImage {
  const tree = join(folder, 'large')
  mkdirSync(tree)
  home.runProgram('dd', 'if=/dev/urandom', `of=${tree}/random`, 'bs=1M', 'count=1024', 'status=none')
  home.runProgram('dd', 'if=/dev/zero', `of=${tree}/zeros`, 'bs=1M', 'count=1024', 'status=none')
  home.runProgram('tar', '-C', tree, '-cf', `${tree}.tar`, '.')
  rmSync(tree, { recursive: true })
  return pack(home, 'large', folder, [`${tree}.tar`])
}

function pack(home: BenchHome, name: string, folder: string, tars: string[]): OciImage {
  const layout = join(folder, `${name}-layout`)
  home.runProgram('umoci', 'init', '--layout', layout)
  home.runProgram('umoci', 'new', '--image', `${layout}:x`)
  for (const tar of tars) {
    home.runProgram('umoci', 'raw', 'add-layer', '--image', `${layout}:x`, tar)
    rmSync(tar)
  }
  const blobs = join(layout, 'blobs/sha256')
  const layers = readdirSync(blobs)
    .map((blob) => join(blobs, blob))
    .filter((path) => statSync(path).size > 1 << 20)
  return { name: `${name}:x`, layout: `${layout}:x`, layers }
}
