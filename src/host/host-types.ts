import type { Config } from "../config/config.ts"
import type { Logger, Plugin, RowBounds, Rows, Storage } from "../contract/index.ts"
import type { Embed } from "./context.ts"
import type { PluginFault } from "./guard.ts"
import type { Roster } from "./roster.ts"
import type { HostClock, Timers } from "./timers.ts"

/** The `plugins:` section, resolved. The folder need not be there. */
export type HostConfig = Config["plugins"]

export interface HostDependencies {
  readonly builtIns: readonly Plugin[]
  readonly log: Logger
  /** The only way to the network that plugins get. */
  readonly fetch: typeof fetch
  readonly clock: HostClock
  /** Default: the timers of the runtime. */
  readonly timers?: Timers
  /** Default: in memory. */
  readonly storage?: (plugin: string) => Storage
  /** Default: in memory. */
  readonly rows?: (plugin: string, bounds: RowBounds) => Rows
  /** Default: there are no upstreams. */
  readonly embed?: (plugin: string) => Embed
  /** Told every secret that a plugin reads. */
  readonly redact?: (secret: string) => void
  /** Told every fault, for sinks and metrics. Must not throw. */
  readonly onFault?: (fault: PluginFault) => void
  /** Called with the next roster just before it becomes the current one. A throw keeps the old one. */
  readonly onSwap?: (roster: Roster) => void
  /** Default true. */
  readonly watch?: boolean
}

export interface HostProblem {
  readonly plugin: string
  readonly message: string
  /** `plugins.use` names this plugin, so somebody relies on it. */
  readonly named: boolean
}

export interface HostResult {
  readonly ok: boolean
  readonly problems: readonly HostProblem[]
}

/** `live`: in the roster. `failed`: not in it. `off`: disabled, or switched off by a breaker. `draining`: replaced, still held. */
export type PluginStatus = "live" | "failed" | "off" | "draining"

/** One row of `GET /admin/plugins`. */
export interface PluginState {
  readonly name: string
  /** `built-in`, or the path of the file or folder. */
  readonly source: string
  /** Number of the load, from 1; 0 = never loaded. */
  readonly version: number
  readonly state: PluginStatus
  /** `provider mock`, `guardrail pii` … */
  readonly capabilities: readonly string[]
  /** Hooks that a breaker holds back now. */
  readonly switchedOff: readonly string[]
  readonly lastError?: { readonly at: number; readonly message: string; readonly hook: string }
  /** Over all loads since the gateway started. */
  readonly calls: number
  readonly failures: number
  readonly timeMs: number
  /** Hooks that run now, of all instances of this name. */
  readonly inFlight: number
  /** Requests that hold this instance. */
  readonly holders: number
}

export interface Host {
  /** Loads and sets up everything. Plugins that fail are left out and listed; the rest is live. */
  start(config: HostConfig): Promise<HostResult>
  roster(): Roster
  /** A new configuration, whole or not at all; and whatever changed in the plugin folder, as if its watcher had just looked. */
  reload(config: HostConfig): Promise<HostResult>
  /** Reads plugins again, by plugin name or by file name; each one that fails keeps its old instance. */
  reloadPlugin(names: readonly string[]): Promise<HostResult>
  states(): readonly PluginState[]
  /** Attributes something thrown outside of every call; gives the plugin's name. For `installGuardHandlers`. */
  blame(thrown: unknown, hook: string): string | undefined
  /** Disposes every instance, held or not. */
  close(): Promise<void>
}
