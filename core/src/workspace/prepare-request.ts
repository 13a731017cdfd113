import type { PrepareWorkspace } from '../protocol/workspace.ts'

/** With every choice made. */
export type PrepareRequest = Required<Omit<PrepareWorkspace, 'branch' | 'tooling'>> & Pick<PrepareWorkspace, 'branch'>
