/** esbuild options of the CLI's files: CommonJS, since an ES import of a builtin runs all its lazy getters, 20 ms for node:http alone. */
export const commonJs = {
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node22',
  define: { 'import.meta.url': '__importMetaUrl', 'import.meta.dirname': '__dirname', 'import.meta.filename': '__filename' },
  banner: { js: 'const __importMetaUrl = require("node:url").pathToFileURL(__filename).href;' },
  logLevel: 'warning',
} as const
