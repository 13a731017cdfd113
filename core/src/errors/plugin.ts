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
    hint: 'Mend it, or start again without any of them: banger plugins reset. The plugins that are a part of banger work without it.',
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
  'plugin.none': {
    status: 404,
    message: 'No plugin named "{name}" is installed or linked.',
    hint: 'See which there are with: banger plugins',
  },
  'plugin.bundled': {
    status: 409,
    message: 'The plugin {name} is a part of banger.',
    hint: 'It comes and goes with banger itself. A plugin of your own needs another name.',
  },
  'plugin.no-source': { status: 400, message: '{spec} names no plugin: {reason}', hint: '{advice}' },
  'plugin.not-found': {
    status: 404,
    message: 'There is no plugin {spec}: {reason}',
    hint: 'Check how it is written. A folder or a tarball of this host is written as a path: ./my-plugin',
  },
  'plugin.no-version': {
    status: 404,
    message: 'There is no such version of the plugin: {spec}',
    hint: 'See what there is with: npm view {name} versions dist-tags',
  },
  'plugin.unreachable': {
    status: 503,
    message: 'The plugin {spec} could not be fetched: {reason}',
    hint: 'Check the network, and a proxy or registry in your ~/.npmrc. A tarball of it needs no network: banger plugins install ./x.tgz',
  },
  'plugin.unreadable': {
    status: 400,
    message: 'The plugin {spec} cannot be read: {reason}',
    hint: 'Get it again, or ask its author. A tarball of a plugin is what npm pack makes.',
  },
  'plugin.npm-failed': { status: 500, message: 'npm failed with the plugin {spec}: {reason}', hint: '{advice}' },
  'plugin.not-a-plugin': {
    status: 400,
    message: '{name} is no plugin of banger: {reason}',
    hint: 'A plugin\'s package.json says under "oclif" which commands and hooks it has: docs/writing-a-plugin.md',
  },
  'plugin.changed': {
    status: 409,
    message: 'The plugin {name} {version} is not what it was: the same version has other contents now ({source}).',
    hint: 'Nothing was changed. If you know why and trust it, install it anew: banger plugins install {source}',
  },
  'plugin.busy': {
    status: 409,
    message: 'Another command is changing the plugins in {folder}.',
    hint: 'Run it again when that one has ended.',
  },
})
