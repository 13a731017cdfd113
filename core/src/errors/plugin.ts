import { topic } from './topic.ts'

/** Errors of plugins. */
export const plugin = topic({
  'plugin.broken': {
    status: 500,
    message: 'The plugin {plugin} could not be loaded: {reason}',
    hint: '{advice}',
  },
  'plugin.failed': {
    status: 500,
    message: 'The plugin {plugin} failed while it {task}: {reason}',
    hint: '{advice}',
  },
  'plugin.duplicate': {
    status: 500,
    message: 'The plugins {first} and {second} both provide the {kind} "{name}".',
    hint: 'Remove one of the two: banger plugins uninstall {second}',
  },
  'plugin.twice': {
    status: 500,
    message: 'The plugin {plugin} is there twice: {first}, and {second}.',
    hint: 'The first is used. Remove the second: banger plugins uninstall {plugin}',
  },
  'plugin.hung': {
    status: 500,
    message: 'The plugin {plugin} took more than {seconds} s while it {task}, and was given up.',
    hint: '{advice}',
  },
  'plugin.list': {
    status: 500,
    message: 'The list of your plugins, {file}, cannot be read: {reason}',
    hint: 'Mend it, or remove it and install your plugins again. The plugins that are a part of banger work without it.',
  },
  'plugin.range': {
    status: 500,
    message: 'The plugin {plugin} needs banger {range}; this is {version}.',
    hint: 'Install a version of the plugin that fits.',
  },
  'plugin.node': {
    status: 400,
    message: 'The plugin {name} needs Node {range}; banger runs with {version}.',
    hint: 'Install a version of the plugin that fits, or banger with a newer Node.',
  },
  'plugin.peer': {
    status: 400,
    message: 'The plugin {name} needs {missing}, which it does not bring along.',
    hint: 'Its author has to list it under "dependencies": only @banger/core is shared with banger.',
  },
})
