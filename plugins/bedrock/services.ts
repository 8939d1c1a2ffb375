/** What the plugin takes from outside, so that everything below it can be tested. */
export interface Services {
  readonly fetch: typeof fetch
  /** Milliseconds. */
  readonly now: () => number
  /** Aborted when the plugin goes. */
  readonly signal: AbortSignal
  /** Aborts after so many milliseconds. */
  readonly deadline: (milliseconds: number) => AbortSignal
  /** Text of a file that AWS's agents keep fresh (tokens of containers). */
  readonly readText: (path: string) => Promise<string>
}
