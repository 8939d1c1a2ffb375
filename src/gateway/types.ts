import type { Config } from "../config/config.ts"
import type { LoadedConfig } from "../config/load.ts"
import type { RootLogger } from "../telemetry/logger.ts"

/** What the command line sees of a running gateway. */
export interface Gateway {
  listen(): Promise<{ readonly url: string; readonly others?: readonly string[] }>
  /** Reads the configuration again and applies it whole or not at all. */
  reload(reason: string): Promise<{ readonly ok: boolean; readonly problems: readonly string[] }>
  /** Lets running answers finish until the deadline, writes what is in memory, closes everything. */
  stop(deadlineMs: number): Promise<void>
  /** Keys that were made just now; they are shown once. */
  readonly firstRun: { readonly adminKey?: string; readonly inferenceKey?: string }
  /** A command line that works as it is printed. Valid after `listen`. */
  readonly curl: string
  readonly dataDir: string
}

export interface GatewayOptions {
  readonly config: Config
  readonly configFile?: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly log: RootLogger
  readonly version: string
  /** Reads the configuration again, as this command line asked for it. Throws ConfigError with every mistake. */
  readonly load: () => Promise<LoadedConfig>
}

export type CreateGateway = (options: GatewayOptions) => Promise<Gateway>
