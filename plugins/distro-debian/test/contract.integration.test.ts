import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { applyPlugin, testDistro, testDoctor, testHost, testPlugin, testProvision } from '@banger/plugin-testkit'
import { afterAll } from 'vitest'
import { extend } from '../src/extend.ts'

const host = testHost()
afterAll(() => host.remove())
const plugin = applyPlugin(extend(), host)
const distro = plugin.distros.require('debian')
const systemdAnalyze = await host.which('systemd-analyze')
if (!systemdAnalyze) process.stderr.write('systemd-analyze is missing: nobody reads the unit of a service\n')

testPlugin({
  package: new URL('../package.json', import.meta.url),
  extend: new URL('../src/extend.ts', import.meta.url),
})

testDistro({
  distro,
  serves: ['debian', 'ubuntu', 'linuxmint'],
  alsoServes: [{ id: 'raspbian', idLike: ['debian'] }],
  ...(systemdAnalyze ? { accepts: (root, { name }) => verify(systemdAnalyze, root, `${name}.service`) } : {}),
})

testProvision({ plugin, name: '@banger/plugin-distro-debian', context: { distro } })

testDoctor({ plugin })

/** Has systemd read a unit of a root filesystem that has what the unit refers to. */
async function verify(program: string, root: string, unit: string): Promise<void> {
  for (const folder of ['usr/bin', 'usr/lib/systemd/system', 'root']) mkdirSync(join(root, folder), { recursive: true })
  copyFileSync('/usr/bin/env', join(root, 'usr/bin/env'))
  for (const target of ['sysinit', 'basic', 'network', 'shutdown', 'multi-user'])
    writeFileSync(join(root, `usr/lib/systemd/system/${target}.target`), '[Unit]\nDescription=There for the test\n')
  await host.run(program, ['verify', '--man=no', `--root=${root}`, `/etc/systemd/system/${unit}`])
}
