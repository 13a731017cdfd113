/** Suites for vitest: call them at the top of a test file. Each registers a `describe` with a test for every promise of a contract. */
import { imageSourceChecks } from './image-source/checks.ts'
import type { ImageSourceSubject } from './image-source/subject.ts'
import { pluginChecks, type PluginSubject } from './plugin/checks.ts'
import { suite } from './vitest.ts'

export * from './checks.ts'

export const testPlugin = (subject: PluginSubject): void => suite('the plugin', pluginChecks(subject))

export const testImageSource = (subject: ImageSourceSubject): void =>
  suite(`the image source ${subject.source.scheme}`, imageSourceChecks(subject))
