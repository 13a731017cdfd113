/** For plugins that add routes or background work to the daemon. */
export interface DaemonContext {
  /**
   * Adds a route to the daemon's API: `/v1/plugins/<plugin's name><path>`. The plugin's commands ask it by
   * `this.client().get('/v1/plugins/…')` and its like.
   */
  route(route: PluginRoute): void
  /** Runs when the daemon stops. */
  onStop(run: () => Promise<void> | void): void
}

/**
 * A route that a plugin adds to the daemon's API.
 * @experimental may change in a minor version
 */
export interface PluginRoute {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** `/jobs`, or with parameters: `/jobs/:job`. */
  path: string
  /**
   * Returns the answer, which is sent as JSON; nothing is an empty object.
   * @throws what is sent as the error: `fail(…)` with its status
   */
  handle(request: PluginRequest): unknown
}

/** What a plugin's route was asked. */
export interface PluginRequest {
  /** By the names in the route's path. */
  params: Record<string, string | undefined>
  query: Record<string, string | undefined>
  /** The JSON that was sent. Not validated. */
  body: unknown
}
