import { testPlugin } from '@banger/plugin-testkit'

testPlugin({
  package: new URL('../package.json', import.meta.url),
  extend: new URL('../src/extend.ts', import.meta.url),
})
