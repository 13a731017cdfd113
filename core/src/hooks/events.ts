/** What happened, for whoever listens. `at` in milliseconds since 1970. */
export type BangerEvent = { at: number } & (
  | { type: 'vm.created' | 'vm.started' | 'vm.deleted'; vm: { id: string; name: string } }
  | { type: 'vm.stopped'; vm: { id: string; name: string }; reason: string }
  | { type: 'image.added' | 'image.deleted'; image: string }
  | { type: 'kernel.added' | 'kernel.deleted'; kernel: string }
)
