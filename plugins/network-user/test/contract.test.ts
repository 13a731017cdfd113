import { testNetworkDriver, testPlugin } from '@banger/plugin-testkit'
import { createUserNetwork } from '../src/user-network.ts'

testPlugin({
  package: new URL('../package.json', import.meta.url),
  extend: new URL('../src/extend.ts', import.meta.url),
})

testNetworkDriver({ driver: createUserNetwork })
