import {
  type Capabilities,
  capabilityKinds,
  type Logger,
  type Plugin,
  type RowBounds,
  type Rows,
  type Storage,
} from "../contract/index.ts"
import { createContext, type Embed, type LiveContext } from "./context.ts"
import { Guard, type GuardSettings, type Meter, type PluginFault } from "./guard.ts"
import { guardCapabilities } from "./guard-capabilities.ts"
import { readOptions } from "./options.ts"
import { checkCapabilities } from "./self-check.ts"
import type { SharedValues } from "./shared.ts"
import type { Source } from "./sources.ts"
import type { HostClock, Timers } from "./timers.ts"

/** What every instance of a host is made with. */
export interface InstanceParts {
  readonly log: Logger
  readonly fetch: typeof fetch
  readonly clock: HostClock
  readonly timers: Timers
  readonly settings: GuardSettings
  readonly shared: SharedValues
  readonly redact: (secret: string) => void
  readonly storage: (plugin: string) => Storage
  readonly rows: (plugin: string, bounds: RowBounds) => Rows
  readonly embed: (plugin: string) => Embed
  readonly meter: (plugin: string) => Meter
  readonly onFault: (fault: PluginFault) => void
}

/** One entry of `plugins.use`, or what an absent entry means. */
export interface PluginUse {
  readonly options: Readonly<Record<string, unknown>>
  readonly secrets: Readonly<Record<string, string>>
}

/** A plugin that was set up: in rosters, until the last of them lets go of it. */
export class Instance {
  readonly name: string
  readonly guard: Guard
  /** Rosters that contain it and are current or held by a request. */
  readonly rosters = new Set<{ readonly holders: number }>()
  disposed = false
  drainTimer: unknown
  readonly #context: LiveContext

  private constructor(
    readonly plugin: Plugin,
    readonly source: Source,
    /** Number of the load, from 1. */
    readonly version: number,
    /** Equal for equal options and secrets. */
    readonly useKey: string,
    readonly capabilities: Required<Capabilities>,
    guard: Guard,
    context: LiveContext,
  ) {
    this.name = plugin.name
    this.guard = guard
    this.#context = context
  }

  /** Checks the options, runs `setup` under the deadline and checks what it gave. Leaves nothing behind when it throws. */
  static async create(
    parts: InstanceParts,
    source: Source,
    plugin: Plugin,
    version: number,
    use: PluginUse,
  ): Promise<Instance> {
    const { settings, timers, clock, onFault } = parts
    const options = readOptions(plugin, use.options)
    const guard = new Guard({ meter: parts.meter(plugin.name), settings, timers, clock, onFault })
    const live = createContext({
      plugin: plugin.name,
      log: parts.log,
      fetch: parts.fetch,
      secrets: use.secrets,
      redact: parts.redact,
      storage: parts.storage(plugin.name),
      rows: (bounds) => parts.rows(plugin.name, bounds),
      embed: parts.embed(plugin.name),
      shared: parts.shared,
      clock,
      guard,
    })
    try {
      const setup = (async () => plugin.setup(options, live.context))()
      const given = checkCapabilities(await guard.deadline(setup, "setup"))
      const guarded = guardCapabilities(guard, given, live.context.signal)
      return new Instance(plugin, source, version, useKeyOf(use), guarded, guard, live)
    } catch (thrown) {
      await live.dispose()
      throw thrown
    }
  }

  /** Kinds and names, as `GET /admin/plugins` shows them: `provider mock`. */
  get capabilityNames(): string[] {
    return capabilityKinds.flatMap((kind) =>
      this.capabilities[kind].map((item) => `${singular[kind]} ${"id" in item ? item.id : item.name}`),
    )
  }

  /** Requests that hold it. */
  get holders(): number {
    let sum = 0
    for (const roster of this.rosters) sum += roster.holders
    return sum
  }

  dispose(): Promise<void> {
    this.disposed = true
    return this.#context.dispose()
  }
}

const singular = {
  providers: "provider",
  guardrails: "guardrail",
  caches: "cache",
  strategies: "strategy",
  transforms: "transform",
  sinks: "sink",
  searches: "search",
  notifiers: "notifier",
  detectors: "detector",
} as const

/** Lives in memory only; it holds secrets. */
export const useKeyOf = (use: PluginUse): string => JSON.stringify([use.options, use.secrets])
