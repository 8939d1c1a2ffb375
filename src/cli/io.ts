/** Everything a command touches outside of itself, so that tests can stand in for it. */
export interface CliIo {
  /** Writes as it is; a line needs its own line break. */
  out(text: string): void
  error(text: string): void
  readonly env: Readonly<Record<string, string | undefined>>
  /** Absolute. */
  readonly cwd: string
  /** True when `out` is a terminal that people look at. */
  readonly terminal: boolean
  readonly fetch: typeof fetch
  now(): number
}

export const exitCode = { fine: 0, failed: 1, usage: 2 } as const

/** Wrong use of the command line: told with the command's usage, exit code 2. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message)
    this.name = "UsageError"
  }
}

/** A command that could not do its work and says why in words for the user; exit code 1. */
export class CommandFailure extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = "CommandFailure"
  }
}
