/** One request to Firecracker's API. */
export interface ApiCall {
  method: 'GET' | 'PUT' | 'PATCH'
  path: string
  body?: Record<string, unknown>
}

/** `PUT /drives/root`, for messages. */
export function nameOf({ method, path }: ApiCall): string {
  return `${method} ${path}`
}
