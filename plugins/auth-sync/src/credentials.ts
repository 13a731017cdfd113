/** The tools whose credentials are copied, and where each keeps them: the same place below the home on both sides. */
export const credentialFiles = {
  opencode: '.local/share/opencode/auth.json',
  claude: '.claude/.credentials.json',
  pi: '.pi/agent/auth.json',
} as const

export type Tool = keyof typeof credentialFiles

export const tools = Object.keys(credentialFiles) as Tool[]
