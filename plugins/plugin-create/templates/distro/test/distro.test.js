import { testDistro, testPlugin } from '@banger/plugin-testkit'
import { expect, test } from 'vitest'
import { distro } from '../src/distro.js'

testPlugin({ package: new URL('../package.json', import.meta.url) })

testDistro({
  distro,
  serves: [],
  alsoServes: [
    { id: 'sample', idLike: [] },
    { id: 'other', idLike: ['sample'] },
  ],
})

test('a service is a script for the init system', () => {
  const files = distro.service({ name: 'web', description: "the web's", argv: ['/usr/bin/env', 'a b'] })
  expect(files.map(({ path }) => path)).toEqual(['/etc/init.d/web', '/etc/local.d/web.start'])
  expect(atob(files[0]?.content ?? '')).toContain(`description='the web'\\''s'\n`)
})
