/** Runs a plugin's code while it is loaded, for so long. @throws plugin.hung, what the code throws */
export type Bounded = <T>(task: string, code: () => T | Promise<T>) => Promise<T>
