import { isAbsolute, normalize } from 'node:path'
import { z } from 'zod'
import { fail } from '../errors.ts'
import type { AddImage, CreateVm, ImportKernel, PruneImages, PullKernel } from '../protocol/api.ts'
import type { StartSession } from '../protocol/session.ts'
import type { DiffWorkspace, PrepareWorkspace, PullWorkspace, WorkspaceSource } from '../protocol/workspace.ts'

const path = z.string().refine(isAbsolute, 'must be an absolute path')
const port = z.int().min(1).max(65_535)

const kernelPaths = { kernel: path, modules: path.optional(), initrd: path.optional(), config: path.optional() }

const guestFolder = path.refine(
  (folder) => normalize(folder) === folder && folder !== '/',
  'must be an absolute path of a folder',
)

const workspaceSource = {
  path,
  mode: z.enum(['shallow', 'full_copy']).optional(),
  branch: z.strictObject({ name: z.string().min(1), from: z.string().min(1).optional() }).optional(),
}

/** Request bodies as they must come; protocol/api.ts explains the fields. */
export const bodies = {
  createVm: z.strictObject({
    name: z.string().optional(),
    image: z.string().min(1).optional(),
    vcpus: z.int().min(1).max(64).optional(),
    memory: z
      .int()
      .min(128)
      .max(1024 * 1024)
      .optional(),
    disk: z
      .int()
      .min(64)
      .max(16 * 1024 * 1024)
      .optional(),
    network: z.string().min(1).optional(),
    vmm: z.string().min(1).optional(),
    publish: z.array(z.strictObject({ hostAddress: z.string(), hostPort: port.or(z.literal(0)), guestPort: port })).optional(),
    start: z.boolean().optional(),
    ephemeral: z.boolean().optional(),
  }) satisfies z.ZodType<CreateVm>,
  addImage: z.strictObject({
    ref: z.string().min(1),
    name: z.string().optional(),
    kernelRef: z.string().min(1).optional(),
    kernel: z.strictObject(kernelPaths).optional(),
    workSeed: path.optional(),
    platform: z.string().optional(),
    insecure: z.boolean().optional(),
    offline: z.boolean().optional(),
  }) satisfies z.ZodType<AddImage>,
  pruneImages: z.strictObject({ all: z.boolean().optional(), dryRun: z.boolean().optional() }) satisfies z.ZodType<PruneImages>,
  startSession: z.strictObject({
    name: z.string().optional(),
    argv: z.array(z.string()).min(1),
    env: z.record(z.string(), z.string()).optional(),
    cwd: z.string().min(1).optional(),
    user: z.string().min(1).optional(),
    stdinMode: z.enum(['detached', 'pipe']).optional(),
    requireCommands: z.array(z.string().min(1)).optional(),
  }) satisfies z.ZodType<StartSession>,
  checkWorkspace: z.strictObject(workspaceSource) satisfies z.ZodType<WorkspaceSource>,
  prepareWorkspace: z.strictObject({
    ...workspaceSource,
    guestPath: guestFolder.optional(),
    readonly: z.boolean().optional(),
    overwrite: z.boolean().optional(),
    tooling: z.boolean().optional(),
  }) satisfies z.ZodType<PrepareWorkspace>,
  diffWorkspace: z.strictObject({
    guestPath: guestFolder.optional(),
    format: z.enum(['patch', 'stat']).optional(),
  }) satisfies z.ZodType<DiffWorkspace>,
  pullWorkspace: z.strictObject({
    guestPath: guestFolder.optional(),
    branch: z.string().min(1).optional(),
  }) satisfies z.ZodType<PullWorkspace>,
  pullKernel: z.strictObject({ name: z.string().min(1) }) satisfies z.ZodType<PullKernel>,
  importKernel: z.strictObject({ name: z.string().min(1), ...kernelPaths }) satisfies z.ZodType<ImportKernel>,
}

/** @throws usage, naming the field */
export function parseBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body ?? {})
  if (result.success) return result.data
  const issue = result.error.issues[0]
  throw fail('usage', { reason: `${issue?.path.join('.') || 'The request'}: ${issue?.message ?? 'not valid'}` })
}
