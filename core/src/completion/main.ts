import { readCommandTree } from '../cli/command-tree.ts'
import { resolvePaths } from '../store/paths.ts'
import { readBashLine } from './bash-line.ts'
import { complete } from './complete.ts'
import { formatForBash, formatForFish, formatForZsh } from './format-reply.ts'
import { liveNames } from './live-names.ts'

/** Milliseconds that a daemon has to answer; somebody waits with a finger on the key. */
const patience = 800

/**
 * Answers a shell's completion script:
 * `bash <text> <line>` with the line up to the cursor and what of it bash replaces;
 * `zsh <words…>` and `fish <words…>`, unquoted, without the program's name, the last one up to the cursor.
 * @param lib absolute path of the folder that holds the built program
 * @returns what to print (format-reply.ts); nothing for a shell that it does not know
 */
export async function answerShell([shell, ...args]: string[], lib: string, env: NodeJS.ProcessEnv): Promise<string> {
  const standard = resolvePaths(env)
  const paths = { ...standard, data: env.BANGER_DATA_DIR || standard.data }
  const tree = readCommandTree(lib, paths.data)
  const names = liveNames(paths, patience)
  if (shell === 'zsh') return formatForZsh(await complete(tree, args, names))
  if (shell === 'fish') return formatForFish(await complete(tree, args, names))
  if (shell !== 'bash') return ''
  const [text = '', line = ''] = args
  const { words, ...rest } = readBashLine(line)
  if (rest.redirected) return 'files\n'
  return formatForBash(await complete(tree, words.slice(1), names), { words, ...rest }, text)
}
