import { createTurns } from "../contract/in-turn.ts"
import { GatewayError, messageOf, type RowBounds } from "../contract/index.ts"
import { Build } from "./build.ts"
import { Meter, type PluginFault } from "./guard.ts"
import type { Host, HostConfig, HostDependencies, HostResult, PluginState } from "./host-types.ts"
import { Instance, type InstanceParts } from "./instance.ts"
import { Loader } from "./load.ts"
import { memoryRows } from "./memory-rows.ts"
import { registerModules } from "./modules.ts"
import { type Roster, RosterCore } from "./roster.ts"
import { memoryStorage, SharedValues } from "./shared.ts"
import { nameOf, readSlots, type Slot } from "./slots.ts"
import { builtInSource, scanFolder } from "./sources.ts"
import { blamed, describeStates } from "./states.ts"
import { runtimeTimers, type Timers, withDeadline } from "./timers.ts"
import { type FolderWatch, fingerprints, watchFolder } from "./watch.ts"

/** Loads plugins, keeps them in a roster and swaps them while requests run. Everything that changes it happens in one queue. */
export function createHost(dependencies: HostDependencies): Host {
  return new PluginHost(dependencies)
}

class PluginHost implements Host {
  readonly #dependencies: HostDependencies
  readonly #timers: Timers
  readonly #settings = { hookMs: 30_000, failures: 10, retryMs: 30_000, drainMs: 600_000 }
  readonly #meters = new Map<string, Meter>()
  readonly #loader = new Loader()
  readonly #builtInNames: ReadonlySet<string>
  readonly #instanceParts: InstanceParts
  readonly #draining = new Set<Instance>()
  /** Of every plugin that ever ran here, by name: whether it guards requests. */
  readonly #isGuardrail = new Map<string, boolean>()
  #config: HostConfig | undefined
  #slots = new Map<string, Slot>()
  #roster: RosterCore
  #watch: FolderWatch | undefined
  readonly #inTurn = createTurns()
  #closed = false

  constructor(dependencies: HostDependencies) {
    registerModules()
    const { clock, log, fetch, builtIns } = dependencies
    const timers = dependencies.timers ?? runtimeTimers
    this.#dependencies = dependencies
    this.#timers = timers
    this.#builtInNames = new Set(builtIns.map((plugin) => plugin.name))
    const stores = new Map<string, ReturnType<typeof memoryStorage>>()
    const inMemory = (plugin: string) => {
      const store = stores.get(plugin) ?? memoryStorage(clock)
      stores.set(plugin, store)
      return store
    }
    const rowStores = new Map<string, ReturnType<typeof memoryRows>>()
    const rowsInMemory = (plugin: string, bounds: RowBounds) => {
      const open = rowStores.get(plugin) ?? memoryRows(clock)
      rowStores.set(plugin, open)
      return open(bounds)
    }
    this.#instanceParts = {
      log,
      fetch,
      clock,
      timers,
      settings: this.#settings,
      shared: new SharedValues(),
      redact: dependencies.redact ?? (() => {}),
      storage: dependencies.storage ?? inMemory,
      rows: dependencies.rows ?? rowsInMemory,
      embed: dependencies.embed ?? (() => async () => Promise.reject(noUpstreams())),
      meter: (plugin) => this.#meter(plugin),
      onFault: (fault) => this.#report(fault),
    }
    this.#roster = this.#makeRoster(0, [], [])
  }

  start(config: HostConfig): Promise<HostResult> {
    return this.#inTurn(() => this.#apply(config, new Set(), false))
  }

  roster(): Roster {
    return this.#roster
  }

  async reload(config: HostConfig): Promise<HostResult> {
    // Plugins that were saved a moment ago take part: whoever asks for a reload need not know when the watcher looks.
    await this.#watch?.look()
    return this.#inTurn(() => this.#apply(config, new Set(), true))
  }

  reloadPlugin(names: readonly string[]): Promise<HostResult> {
    return this.#inTurn(async () => {
      const again = new Set(names)
      for (const slot of this.#slots.values()) if (again.has(nameOf(slot))) again.add(slot.source.key)
      const config = this.#config
      if (!config) throw new Error("the host has not been started")
      if (names.some((name) => name.startsWith("_"))) {
        await this.#loader.forgetShared(config.dir)
        for (const key of this.#slots.keys()) again.add(key)
      }
      return this.#apply(config, again, false)
    })
  }

  states(): readonly PluginState[] {
    return describeStates({
      slots: [...this.#slots.values()],
      draining: [...this.#draining],
      roster: this.#roster,
      meter: (name) => this.#meters.get(name),
      use: this.#config?.use ?? [],
    })
  }

  blame(thrown: unknown, hook: string): string | undefined {
    const instances = [...this.#roster.instances, ...this.#draining]
    const guilty = blamed(thrown, instances)
    guilty?.guard.fault(hook, thrown)
    return guilty?.name
  }

  close(): Promise<void> {
    return this.#inTurn(async () => {
      this.#closed = true
      this.#watch?.close()
      const instances = new Set([...this.#roster.instances, ...this.#draining])
      await Promise.all([...instances].map((instance) => this.#dispose(instance)))
    })
  }

  /** Builds new, swaps one reference, lets the old drain. `whole`: any new problem leaves everything as it was. */
  async #apply(config: HostConfig, again: ReadonlySet<string>, whole: boolean): Promise<HostResult> {
    if (this.#closed) throw new GatewayError("server_stopping", "The plugin host is closed.")
    const before = { ...this.#settings }
    const { hookMs, failures, retryMs, drainMs } = config
    Object.assign(this.#settings, { hookMs, failures, retryMs, drainMs })
    const isNewFolder = config.dir !== this.#config?.dir || !this.#watch
    const seen = isNewFolder ? await fingerprints(config.dir) : undefined
    const sources = [...this.#dependencies.builtIns.map(builtInSource), ...(await scanFolder(config.dir))]
    const build = new Build(this.#slots, this.#config, config, {
      now: () => this.#dependencies.clock.now(),
      create: (slot, use) => Instance.create(this.#instanceParts, slot.source, slot.plugin!, slot.version, use),
    })
    const slots = await readSlots(sources, this.#slots, again, {
      loader: this.#loader,
      deadline: (task) => withDeadline(this.#timers, this.#settings.hookMs, "did not load", task),
      now: () => this.#dependencies.clock.now(),
    })
    await build.run(slots)
    const roster = this.#makeRoster(this.#roster.version + 1, build.ordered(), build.unguarded(this.#isGuardrail))
    const accepted = whole && build.problems.length > 0 ? false : this.#offer(roster, build)
    if (!accepted) {
      Object.assign(this.#settings, before)
      await Promise.all(build.made.map((instance) => instance.dispose()))
      return { ok: false, problems: build.problems }
    }
    await this.#swap(roster, build, config)
    if (seen) await this.#follow(config.dir, seen)
    for (const { plugin, message } of build.problems)
      this.#dependencies.log.error("plugin failed", { plugin, error: message })
    return { ok: build.problems.length === 0, problems: build.problems }
  }

  #offer(roster: RosterCore, build: Build): boolean {
    try {
      this.#dependencies.onSwap?.(roster)
      return true
    } catch (thrown) {
      build.problems.push({ plugin: "", message: messageOf(thrown), named: false })
      return false
    }
  }

  async #swap(roster: RosterCore, build: Build, config: HostConfig): Promise<void> {
    const old = this.#roster
    const oldSlots = this.#slots
    for (const instance of roster.instances) {
      instance.rosters.add(roster)
      this.#isGuardrail.set(instance.name, instance.capabilities.guardrails.length > 0)
    }
    if (roster.unguarded.length > 0 && roster.unguarded.join() !== old.unguarded.join())
      this.#dependencies.log.error("REQUESTS ARE REFUSED: plugins that plugins.use names do not run", {
        plugins: roster.unguarded,
      })
    this.#roster = roster
    this.#slots = build.slots
    this.#config = config
    const live = new Set(roster.instances)
    for (const instance of old.instances) if (!live.has(instance)) this.#drain(instance)
    old.retire()
    for (const instance of build.made) if (!live.has(instance)) await this.#dispose(instance)
    for (const [key, { source }] of oldSlots) {
      if (source.origin === "folder" && !this.#slots.has(key)) await this.#loader.drop(source)
    }
  }

  #drain(instance: Instance): void {
    this.#draining.add(instance)
    instance.drainTimer = this.#timers.set(() => void this.#dispose(instance), this.#settings.drainMs)
  }

  async #dispose(instance: Instance): Promise<void> {
    this.#timers.clear(instance.drainTimer)
    await instance.dispose()
    this.#draining.delete(instance)
  }

  #makeRoster(version: number, instances: readonly Instance[], unguarded: readonly string[]): RosterCore {
    return new RosterCore(version, instances, this.#builtInNames, unguarded, (roster) => {
      for (const instance of roster.instances) {
        instance.rosters.delete(roster)
        if (instance.rosters.size === 0) void this.#dispose(instance)
      }
    })
  }

  async #follow(folder: string, seen: ReadonlyMap<string, string>): Promise<void> {
    this.#watch?.close()
    this.#watch = undefined
    if (this.#dependencies.watch === false) return
    this.#watch = await watchFolder({
      folder,
      seen,
      timers: this.#timers,
      log: this.#dependencies.log,
      onChange: async (names) => {
        if (this.#closed) return
        const { ok } = await this.reloadPlugin(names)
        if (ok) this.#dependencies.log.info("plugins read again", { names })
      },
    })
  }

  #meter(plugin: string): Meter {
    const meter = this.#meters.get(plugin) ?? new Meter(plugin)
    this.#meters.set(plugin, meter)
    return meter
  }

  #report(fault: PluginFault): void {
    this.#dependencies.log.warn("plugin fault", { ...fault, at: undefined })
    this.#dependencies.onFault?.(fault)
  }
}

const noUpstreams = () => new GatewayError("no_endpoints", "There are no upstreams here.")
