import { join } from 'node:path'

/** Every file and folder that banger keeps on disk, named once. */
export interface Paths {
  config: string
  configFile: string
  sshKey: string
  state: string
  socket: string
  store: string
  daemonLog: string
  images: string
  kernels: string
  vms: string
  /** Unix sockets of sessions. */
  sessions: string
  cache: string
  initrds: string
  /** oclif's data folder: plugins that the user installed. `BANGER_DATA_DIR`, oclif's own variable, goes before XDG_DATA_HOME. */
  data: string
  image(name: string): { dir: string; stage: string; rootfs: string; workSeed: string }
  kernel(name: string): { dir: string; stage: string }
  vm(id: string): {
    dir: string
    overlay: string
    work: string
    consoleLog: string
    hostKey: string
    knownHosts: string
    workspaces: string
  }
}

/**
 * @param env the process's environment: XDG_CONFIG_HOME, XDG_STATE_HOME, XDG_CACHE_HOME, XDG_DATA_HOME, BANGER_DATA_DIR and HOME count
 * (https://specifications.freedesktop.org/basedir-spec/)
 */
export function resolvePaths(env: NodeJS.ProcessEnv): Paths {
  const home = env.HOME || '/'
  const base = (variable: string, fallback: string): string => join(env[variable] || join(home, fallback), 'banger')
  const config = base('XDG_CONFIG_HOME', '.config')
  const state = base('XDG_STATE_HOME', '.local/state')
  const cache = base('XDG_CACHE_HOME', '.cache')
  const data = env.BANGER_DATA_DIR || base('XDG_DATA_HOME', '.local/share')
  const images = join(state, 'images')
  const kernels = join(state, 'kernels')
  const vms = join(state, 'vms')
  return {
    config,
    configFile: join(config, 'config.toml'),
    sshKey: join(config, 'ssh', 'id_ed25519'),
    state,
    socket: join(state, 'bangerd.sock'),
    store: join(state, 'banger.db'),
    daemonLog: join(state, 'bangerd.log'),
    images,
    kernels,
    vms,
    sessions: join(state, 'sessions'),
    cache,
    initrds: join(cache, 'initrds'),
    data,
    image: (name) => staged(images, name, (dir) => ({ rootfs: join(dir, 'rootfs.ext4'), workSeed: join(dir, 'work-seed.ext4') })),
    kernel: (name) => staged(kernels, name, () => ({})),
    vm: (id) => {
      const dir = join(vms, id)
      return {
        dir,
        overlay: join(dir, 'overlay.ext4'),
        work: join(dir, 'work.ext4'),
        consoleLog: join(dir, 'console.log'),
        hostKey: join(dir, 'ssh_host_ed25519_key'),
        knownHosts: join(dir, 'known_hosts'),
        workspaces: join(dir, 'workspaces'),
      }
    },
  }
}

/** A folder that is filled under `stage` and becomes visible by a rename to `dir`. */
function staged<T>(parent: string, name: string, files: (dir: string) => T): { dir: string; stage: string } & T {
  const dir = join(parent, name)
  return { dir, stage: join(parent, `.${name}.partial`), ...files(dir) }
}
