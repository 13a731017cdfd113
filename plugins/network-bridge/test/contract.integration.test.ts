import { testNetworkDriver, testPlugin } from '@banger/plugin-testkit'
import { afterAll } from 'vitest'
import { root, World } from './world.ts'

testPlugin({
  package: new URL('../package.json', import.meta.url),
  extend: new URL('../src/extend.ts', import.meta.url),
})

if (root) {
  const world = await World.open()
  afterAll(() => world[Symbol.asyncDispose]())
  testNetworkDriver({
    driver: () => world.driver({ tap_pool_size: 0 }),
    snapshot: async () => JSON.stringify({ taps: await world.taps(), leases: world.leases }),
    // by name: nobody else opens ports in a network of its own
    listen: async () => {
      const port = 20_000 + opened++
      const server = world.network.start(['perl', '-MIO::Socket::INET', '-e', listen, String(port)])
      await new Promise((resolve) => server.stdout?.once('data', resolve))
      return { port, close: () => new Promise((resolve) => server.once('exit', resolve) && server.kill()) }
    },
  })
}

let opened = 0
const listen =
  '$s = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => $ARGV[0], Listen => 1, ReuseAddr => 1) or die; $| = 1; print "open\\n"; sleep'
