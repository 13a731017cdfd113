/** Who may import whom (docs/architecture.md). Checked on the source by `make check`, imports of types included. */

/** A folder of core/src and the other parts of core that it may import; npm packages and node: are free. */
const layers = {
  'errors': [],
  'nearest': ['errors'],
  'hooks': ['errors', 'nearest'],
  'guest/messages': ['hooks'],
  'protocol': ['errors', 'hooks', 'guest/messages'],
  'store': ['errors', 'hooks', 'protocol'],
  'host': ['errors', 'hooks', 'store/paths'],
  'config': ['errors', 'nearest', 'hooks', 'store/paths'],
  'client': [
    'errors',
    'nearest',
    'hooks',
    'protocol',
    'guest/messages',
    'store/paths',
    'host/detach',
    'rootfs/tar',
    'rootfs/invalid-image',
  ],
  'commands': ['client', 'errors', 'hooks', 'protocol', 'guest/messages', 'store/paths', 'host'],
  'guest': ['errors', 'hooks', 'protocol', 'store/paths'],
  'rootfs': ['errors', 'hooks', 'protocol', 'store/paths'],
  'kernels': ['errors', 'hooks', 'protocol', 'rootfs', 'boot', 'store/paths'],
  'boot': ['errors', 'hooks', 'protocol', 'kernels', 'store/paths'],
  'workspace': ['errors', 'hooks', 'protocol', 'guest'],
  'lifecycle': ['errors', 'nearest', 'hooks', 'protocol', 'config', 'store', 'rootfs', 'guest', 'boot', 'kernels', 'workspace'],
  'daemon/routes': ['errors', 'hooks', 'protocol', 'guest', 'lifecycle', 'store', 'daemon'],
  'completion': ['cli/command-tree', 'client/http', 'client/output/visible', 'protocol', 'store/paths'],
  'cli': ['boot/share-core', 'store/paths', 'errors', 'nearest', 'client/failure'],
}

const folder = (name) => `^core/src/${name}(/|\\.ts$)`

const layerRules = Object.entries(layers).map(([name, allowed]) => ({
  name: `core-${name.replace('/', '-')}`,
  comment: `core/src/${name} may import ${allowed.join(', ') || 'no other part of core'}`,
  severity: 'error',
  from: { path: folder(name), ...(name === 'guest' ? { pathNot: folder('guest/messages') } : {}) },
  to: { path: '^core/src/', pathNot: [name, ...allowed].map(folder) },
}))

/** What stands for @banger/core and @banger/core/command. */
const publicApi = '^core/src/(index|commands/base)\\.ts$'

/** Everything in this repository, and no package of npm. */
const repository = '^(core|plugins|examples|testkit|scripts|bench|test)/'

/** What the tests of plugins use of core besides: the real host, the builder of root filesystems, the life of an image, the CLI. */
const usedByTests = [
  '^core/src/host/(index|run|which)\\.ts$',
  '^core/src/store/paths\\.ts$',
  '^core/src/rootfs/build-rootfs\\.ts$',
  '^core/src/lifecycle/(add-image|delete-artifacts|prune-images|resolve-image)\\.ts$',
  '^core/src/cli/run-directly\\.ts$',
]

/** Plugins as somebody outside of the repository writes them. */
const outside = '(?:examples|plugins/plugin-create/templates)/[^/]+'

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    ...layerRules,
    {
      name: 'hooks-are-contracts',
      comment: 'The hooks import tapable, and types',
      severity: 'error',
      from: { path: '^core/src/hooks/' },
      to: {
        dependencyTypes: ['npm', 'npm-dev', 'npm-peer'],
        dependencyTypesNot: ['type-only'],
        pathNot: 'node_modules/tapable/',
      },
    },
    {
      name: 'one-composition-root',
      comment: 'Only the entry imports daemon/main, only daemon/main imports everything',
      severity: 'error',
      from: { pathNot: ['^core/bin/', '^core/test/', '^test/'] },
      to: { path: '^core/src/daemon/main\\.ts$' },
    },
    {
      name: 'plugins-know-the-api-only',
      comment: 'A plugin imports @banger/core and @banger/core/command, never what is behind them',
      severity: 'error',
      from: { path: '^plugins/[^/]+/src/' },
      to: { path: repository, pathNot: ['^plugins/', publicApi] },
    },
    {
      name: 'plugins-do-not-know-each-other',
      severity: 'error',
      from: { path: '^plugins/([^/]+)/' },
      to: { path: '^plugins/', pathNot: '^plugins/$1/' },
    },
    {
      name: 'the-kit-does-what-core-does',
      comment: 'The testkit runs programs and builds root filesystems as core does, and knows nothing else of its insides',
      severity: 'error',
      from: { path: '^testkit/src/' },
      to: { path: ['^core/', '^plugins/'], pathNot: '^core/src/(index\\.ts|host/|rootfs/build-rootfs|store/paths)' },
    },
    {
      name: 'the-kit-is-for-tests',
      severity: 'error',
      from: { pathNot: ['(^|/)test/', '^testkit/'] },
      to: { path: '^testkit/' },
    },
    {
      name: 'examples-know-the-public-api-only',
      comment: "Like somebody else's plugin: @banger/core, @banger/core/command, what comes with Node, and its own",
      severity: 'error',
      from: { path: `^(${outside})/src/` },
      to: { pathNot: ['^$1/', '^core/src/(index|commands/base)\\.ts$'], dependencyTypesNot: ['core'] },
    },
    {
      name: 'tests-of-examples-know-the-kit',
      comment: 'Their tests have the kit, vitest and fast-check besides',
      severity: 'error',
      from: { path: `^(${outside})/test/` },
      to: {
        pathNot: ['^$1/', '^core/src/index\\.ts$', '^testkit/src/index\\.ts$', 'node_modules/(vitest|fast-check)/'],
        dependencyTypesNot: ['core'],
      },
    },
    {
      name: 'plugin-tests-use-core-from-outside',
      comment: "A plugin's tests pull, build and run as core does, and know nothing else of its insides",
      severity: 'error',
      from: { path: '^plugins/[^/]+/test/' },
      to: { path: '^core/(bin|src)/', pathNot: [publicApi, ...usedByTests] },
    },
    { name: 'core-knows-no-plugin', severity: 'error', from: { path: '^core/' }, to: { path: '^plugins/' } },
    {
      name: 'one-place-spawns',
      comment: 'Programs are run through the Host of core/src/host',
      severity: 'error',
      from: { path: '^(core|plugins/[^/]+)/src/', pathNot: '^core/src/host/' },
      to: { path: ['^(node:)?child_process$', 'node_modules/execa/'] },
    },
    { name: 'no-tests-in-source', severity: 'error', from: { path: '/src/' }, to: { path: '(^|/)test/' } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.json'],
    },
  },
}
