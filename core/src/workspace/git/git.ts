import type { Host } from '../../hooks/host.ts'

/** Where git works, and by which settings: see `asUser` and `isolated`. */
export interface GitPlace {
  cwd: string
  env: Record<string, string | undefined>
}

export interface GitOptions {
  /** Bytes for its stdin, one character each (latin1). */
  input?: string
  signal?: AbortSignal | undefined
  /** Exit codes that are no failure besides 0. */
  allow?: number[]
}

/**
 * Runs git to its end.
 * @returns what it wrote: bytes, one character each (latin1), since names in a repository are bytes
 * @throws tool.missing, tool.failed
 */
export async function git(host: Host, place: GitPlace, args: string[], options: GitOptions = {}): Promise<string> {
  const { input, signal, allow } = options
  const { stdout, done } = host.stream('git', args, {
    ...place,
    ...(input === undefined ? {} : { input: Buffer.from(input, 'latin1') }),
    ...(signal ? { signal } : {}),
    ...(allow ? { allow } : {}),
  })
  let text = ''
  for await (const chunk of stdout as AsyncIterable<Buffer>) text += chunk.toString('latin1')
  await done
  return text
}

/**
 * A checkout as its user sees it, with the configuration of user and repository. For commands that read references and
 * configuration alone: those that look at the working tree may run what a repository's configuration names.
 */
export function asUser(folder: string): GitPlace {
  return { cwd: folder, env: { ...withoutGitVariables(), ...quiet() } }
}

/**
 * A git folder of ours: no configuration counts but its own, so that nothing of the user's is run, and nothing is asked.
 * @param options.objects other object stores to read from. A command that writes objects must have none: where it finds one
 * of them written there, git renews its time
 */
export function isolated(gitDir: string, options: { worktree?: string; objects?: string[]; index?: string } = {}): GitPlace {
  return {
    cwd: options.worktree ?? gitDir,
    env: {
      ...withoutGitVariables(),
      ...quiet(),
      // Older gits know no GIT_CONFIG_GLOBAL.
      HOME: '/nonexistent',
      XDG_CONFIG_HOME: '/nonexistent',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_ATTR_NOSYSTEM: '1',
      GIT_NO_REPLACE_OBJECTS: '1',
      GIT_NO_LAZY_FETCH: '1',
      GIT_DIR: gitDir,
      ...(options.worktree ? { GIT_WORK_TREE: options.worktree } : {}),
      ...(options.index ? { GIT_INDEX_FILE: options.index } : {}),
      ...(options.objects ? { GIT_ALTERNATE_OBJECT_DIRECTORIES: options.objects.map(quoted).join(':') } : {}),
    },
  }
}

function quiet(): Record<string, string> {
  return { GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' }
}

/** A daemon that was started by a git hook has variables that lead git elsewhere. */
function withoutGitVariables(): Record<string, undefined> {
  return Object.fromEntries(Object.keys(process.env).flatMap((name) => (name.startsWith('GIT_') ? [[name, undefined]] : [])))
}

/** The variable separates paths by colons; a quoted path may have one (git(1)). */
function quoted(path: string): string {
  return `"${path.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n')}"`
}
