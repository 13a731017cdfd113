import type { Config } from '@oclif/core/config'

/**
 * What a command reads from oclif's configuration when it is run directly: names, folders and empty hooks. oclif's own
 * class costs a millisecond to load and looks for plugins.
 */
export function directConfig(lib: string, version: string): Config {
  const config = {
    arch: process.arch,
    bin: 'banger',
    commandIDs: [],
    dirname: 'banger',
    findCommand: () => undefined,
    name: 'banger',
    pjson: { name: 'banger', version, oclif: {} },
    platform: process.platform,
    plugins: new Map(),
    root: lib,
    topicSeparator: ' ',
    userAgent: `banger/${version} ${process.platform}-${process.arch} node-${process.version}`,
    version,
    runHook: async () => ({ successes: [], failures: [] }),
    scopedEnvVar: (key: string) => process.env[`BANGER_${key}`],
    scopedEnvVarKey: (key: string) => `BANGER_${key}`,
    scopedEnvVarKeys: (key: string) => [`BANGER_${key}`],
    scopedEnvVarTrue: (key: string) => ['1', 'true'].includes(process.env[`BANGER_${key}`] ?? ''),
  }
  return config as unknown as Config
}
