import { join } from 'node:path'

/**
 * Files that may hold credentials, the first found wins: podman's (containers-auth.json(5)), then Docker's.
 * @param env the process's environment
 */
export function credentialFiles(env: NodeJS.ProcessEnv): string[] {
  const home = env.HOME || '/'
  return [
    ...(env.REGISTRY_AUTH_FILE ? [env.REGISTRY_AUTH_FILE] : []),
    ...(env.XDG_RUNTIME_DIR ? [join(env.XDG_RUNTIME_DIR, 'containers/auth.json')] : []),
    join(env.XDG_CONFIG_HOME || join(home, '.config'), 'containers/auth.json'),
    join(env.DOCKER_CONFIG || join(home, '.docker'), 'config.json'),
  ]
}
