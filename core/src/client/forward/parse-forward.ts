import type { PublishedPort } from '../../hooks/network.ts'
import { parsePublish } from '../input/publish.ts'

/**
 * A port to forward: `3000` for the same port here, `8080:3000`, `0.0.0.0:8080:3000`, or `:3000` for a free port.
 * @throws usage
 */
export function parseForward(text: string): PublishedPort {
  const port = parsePublish(text)
  return /^\d+$/.test(text) ? { ...port, hostPort: port.guestPort } : port
}
