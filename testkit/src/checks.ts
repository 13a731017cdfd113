/** The checks as plain functions, for whoever does without vitest. */
export type { Check } from './check.ts'
export { imageSourceChecks } from './image-source/checks.ts'
export type { ImageSourceSubject } from './image-source/subject.ts'
export { applyPlugin, type AppliedPlugin } from './plugin/apply.ts'
export { pluginChecks, type PluginSubject } from './plugin/checks.ts'
export { type LoggedLine, type TestHost, testHost, type TestHostOptions } from './test-host.ts'
