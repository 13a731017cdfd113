import type { Command } from '@oclif/core/command'

/** Command classes by plugin and id (`vm:list`); each is loaded when it is read. */
export type CommandTables = Record<string, Record<string, Command.Class>>
