import { testPlugin } from '@banger/plugin-testkit'

testPlugin({ package: new URL('../package.json', import.meta.url) })
