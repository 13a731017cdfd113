import { defineConfig } from 'vitest/config'

const sources = [
  'core/test',
  'plugins/*/test',
  'plugins/plugin-create/templates/*/test',
  'testkit/test',
  'examples/*/test',
  'scripts/*/test',
  'test/firecracker-stand-in/test',
]

/** Files named *.test.ts are unit tests; *.integration.test.ts use real tools; test/e2e boots VMs with what `make build` made. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: sources.map((dir) => `${dir}/**/*.test.{ts,js}`),
          exclude: ['**/*.integration.test.{ts,js}', '**/node_modules/**'],
          // Long, for machines that have much else to do.
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'integration',
          include: [...sources, 'test/integration'].map((dir) => `${dir}/**/*.integration.test.{ts,js}`),
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: ['test/e2e/setup.ts'],
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
})
