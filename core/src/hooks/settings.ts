/**
 * What validates a plugin's settings: the part of a Standard Schema (https://standardschema.dev) that banger uses. zod, valibot,
 * arktype and others make such.
 */
export interface SettingsSchema<Settings = unknown> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    validate(value: unknown): SettingsResult<Settings> | Promise<SettingsResult<Settings>>
  }
}

/** What a schema made of a table, or what is wrong with it. */
export type SettingsResult<Settings> =
  | { readonly value: Settings; readonly issues?: undefined }
  | { readonly issues: readonly SettingsIssue[] }

/** One thing that is wrong with a table. The first is told to the user. */
export interface SettingsIssue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

/** A plugin's own configuration: the table `[plugins.<short name>]`, read once, when the daemon starts. */
export interface SettingsDeclaration<Settings = unknown> {
  /** Gets the table, an empty one where there is none, and returns what `apply` is handed. */
  schema: SettingsSchema<Settings>
  /** One line for each key of the table. A key without a line is unknown, and refused. */
  summaries: Readonly<Record<string, string>>
}
