/** Sessions: commands that go on in a guest when whoever started them has gone. docs/sessions.md says what they do. */
import type { ExecExit } from '../guest/messages.ts'

export type StdinMode = 'detached' | 'pipe'

/** A session as the guest's agent tells of it. Times in milliseconds since 1970, by the guest's clock. */
export interface GuestSession {
  id: string
  name: string
  argv: string[]
  cwd: string
  user: string
  stdinMode: StdinMode
  state: 'running' | 'ended'
  /** While it runs. */
  pid?: number
  startedAt: number
  endedAt?: number
  /** Once it has ended, unless that is not known. */
  exit?: ExecExit
  /** Why there is no exit status. */
  lost?: string
  /** Positions in its output: the oldest that is kept, and the end. */
  output: { oldest: number; end: number }
  attached?: SessionHolder
}

/** Who is attached to a session. */
export interface SessionHolder {
  pid: number
  command: string
  since: number
  /** False while its place is kept after a broken connection. */
  connected: boolean
}

/** A session as the daemon's API shows it. */
export interface Session extends GuestSession {
  /** Name of its VM. */
  vm: string
  /** Absolute path of the unix socket to attach at, which speaks stdio_mux_v1; `pipe` only. */
  socket?: string
}

export interface GuestSessionStart {
  name: string
  /** Not empty; the first is looked up in the session's PATH. */
  argv: string[]
  /** Laid over the guest's default environment. */
  env?: Record<string, string>
  /** Must exist. Default: the image's working folder, else the user's home. */
  cwd?: string
  /** Name or number. Default: root. */
  user?: string
  stdinMode: StdinMode
  /** Further commands that must be in PATH. */
  requireCommands?: string[]
}

/** What a client asks the daemon for. */
export interface StartSession extends Omit<GuestSessionStart, 'name' | 'stdinMode'> {
  /** Made up when missing. */
  name?: string
  /** Default: detached. */
  stdinMode?: StdinMode
}

/** The first frame of an attach. */
export interface AttachStart {
  /** Made up by the client, which sends it again when it comes back after a broken connection. */
  token: string
  pid: number
  /** What others are told who holds the session. */
  command: string
  /** The position in the output to go on at. Default: where the last attach ended. */
  from?: number
}

/** Its answer: bytes of stdin, counted since the session began. */
export interface Attached {
  /** Those that have arrived. */
  stdin: number
  /** Those that the command has taken. */
  stdinTaken: number
  /** Whether the end of stdin has arrived. */
  stdinEnded: boolean
  /** How many may be sent ahead of those taken. */
  stdinWindow: number
}
