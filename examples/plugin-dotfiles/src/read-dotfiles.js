import { readdir, readFile, stat } from 'node:fs/promises'
import { join, relative } from 'node:path'

/** Bytes; a configuration file is smaller. */
const largest = 1024 * 1024

/**
 * @typedef {object} Dotfile
 * @property {string} path below the folder: `.config/git/config`
 * @property {Buffer} content
 * @property {number} mode as on the host: `0o644`
 */

/**
 * Every file of a folder, links followed; git's own are left out.
 * @param {string} folder absolute
 * @returns {Promise<{ files: Dotfile[], problems: string[] }>} sorted; what could not be taken, in words
 */
export async function readDotfiles(folder) {
  const files = []
  const problems = []
  for (const path of await list(folder)) {
    const found = await read(join(folder, path))
    if (typeof found === 'string') problems.push(`${join(folder, path)} is not copied: ${found}.`)
    else files.push({ path, ...found })
  }
  return { files, problems }
}

/** @param {string} folder */
async function list(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error) => {
    // whoever has no dotfiles gets none
    if (error.code === 'ENOENT') return []
    throw error
  })
  const paths = entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
  return paths.filter((path) => !path.split('/').includes('.git')).sort()
}

/**
 * @param {string} path
 * @returns {Promise<Omit<Dotfile, 'path'> | string>} or why it cannot be taken
 */
async function read(path) {
  try {
    const found = await stat(path)
    if (!found.isFile()) return 'it is no regular file'
    if (found.size > largest) return 'it is larger than 1 MiB'
    return { content: await readFile(path), mode: found.mode & 0o777 }
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
