import type { HostConfig, HostProblem } from "./host-types.ts"
import { type Instance, type PluginUse, useKeyOf } from "./instance.ts"
import { refusals } from "./roster.ts"
import { errorOf, nameOf, rivals, type Slot } from "./slots.ts"

export interface BuildParts {
  readonly now: () => number
  /** Sets the slot's plugin up. */
  readonly create: (slot: Slot, use: PluginUse) => Promise<Instance>
}

/** One attempt to get from what is on disk and in the configuration to the instances of the next roster. Changes nothing outside. */
export class Build {
  readonly slots = new Map<string, Slot>()
  readonly problems: HostProblem[] = []
  /** Instances that this build set up; whoever does not take them into a roster disposes of them. */
  readonly made: Instance[] = []
  readonly #named: ReadonlySet<string>

  constructor(
    readonly before: ReadonlyMap<string, Slot>,
    readonly oldConfig: HostConfig | undefined,
    readonly config: HostConfig,
    readonly parts: BuildParts,
  ) {
    this.#named = new Set(config.use.map((use) => use.name))
  }

  async run(read: readonly Slot[]): Promise<void> {
    const { candidates, refused } = rivals(read)
    for (const slot of read) this.#put({ ...slot, instance: undefined })
    for (const slot of read) {
      const isNew = slot.error && slot.error !== this.before.get(slot.source.key)?.error
      if (isNew) this.#problem(nameOf(slot), slot.error!.message)
    }
    for (const [slot, message] of refused) this.#fail(slot, new Error(message), "name")
    await Promise.all([...candidates].map(([name, list]) => this.#fill(name, list)))
    this.#refuse()
    this.#findMissing()
  }

  /** In the order of `plugins.use`, then as loaded. */
  ordered(): Instance[] {
    const rank = new Map(this.config.use.map((use, index) => [use.name, index]))
    const last = rank.size
    return [...this.slots.values()]
      .flatMap((slot) => (slot.instance ? [slot.instance] : []))
      .sort((one, other) => (rank.get(one.name) ?? last) - (rank.get(other.name) ?? last))
  }

  /** Names in `plugins.use` without an instance, those left out that are known to be no guardrail. */
  unguarded(isGuardrail: ReadonlyMap<string, boolean>): string[] {
    const live = new Set([...this.slots.values()].map(({ instance }) => instance?.name))
    return this.config.use
      .filter(({ name, enabled }) => enabled && !live.has(name) && isGuardrail.get(name) !== false)
      .map(({ name }) => name)
  }

  /** A name in `plugins.use` that nothing runs under; told once, when that or the name is new. */
  #findMissing(): void {
    const missing = (use: HostConfig["use"] | undefined, slots: ReadonlyMap<string, Slot>) => {
      const live = new Set([...slots.values()].map(({ instance }) => instance?.name))
      return (use ?? []).filter(({ name, enabled }) => enabled && !live.has(name)).map(({ name }) => name)
    }
    const before = new Set([...missing(this.oldConfig?.use, this.before), ...this.problems.map(({ plugin }) => plugin)])
    for (const name of missing(this.config.use, this.slots)) {
      if (before.has(name)) continue
      // It may have failed before without anybody relying on it.
      const failed = [...this.slots.values()].find((slot) => nameOf(slot) === name)?.error
      this.#problem(name, failed?.message ?? `plugins.use names "${name}", but there is no such plugin`)
    }
  }

  /** Finds an instance for a plugin name: the best candidate that can be set up, or that still runs from before. */
  async #fill(name: string, candidates: readonly Slot[]): Promise<void> {
    const entry = this.config.use.find((use) => use.name === name)
    if (entry?.enabled === false) return
    const use: PluginUse = { options: entry?.options ?? {}, secrets: entry?.secrets ?? {} }
    for (const slot of candidates) {
      const instance = await this.#instance(slot, use)
      if (!instance) continue
      const current = this.slots.get(slot.source.key)!
      this.#put({ ...current, instance, ...(instance.plugin === slot.plugin ? { error: undefined } : {}) })
      return
    }
  }

  async #instance(slot: Slot, use: PluginUse): Promise<Instance | undefined> {
    const old = slot.instance
    if (!slot.plugin) return old
    if (old && old.plugin === slot.plugin && old.useKey === useKeyOf(use)) return old
    const kept = old?.name === slot.plugin.name ? old : undefined
    if (slot.failedUse === useKeyOf(use)) return kept
    try {
      const instance = await this.parts.create(slot, use)
      this.made.push(instance)
      return instance
    } catch (thrown) {
      this.#fail({ ...slot, failedUse: useKeyOf(use) }, thrown, "setup")
      return kept
    }
  }

  /** Leaves out what another plugin already defines; the slot's instance of before takes its place. */
  #refuse(): void {
    const before = new Set([...this.before.values()].flatMap((slot) => slot.instance ?? []))
    for (;;) {
      const [refusal] = refusals(this.ordered(), before)
      if (!refusal) return
      const slot = this.slots.get(refusal.instance.source.key)!
      const old = this.before.get(slot.source.key)?.instance
      this.#fail(slot, new Error(refusal.message), "capabilities")
      const kept = old !== refusal.instance ? old : undefined
      this.#put({ ...this.slots.get(slot.source.key)!, instance: kept })
    }
  }

  #fail(slot: Slot, thrown: unknown, hook: string): void {
    const error = errorOf(thrown, this.parts.now(), hook)
    this.#put({ ...slot, instance: this.slots.get(slot.source.key)?.instance, error })
    const old = this.before.get(slot.source.key)?.error
    // What failed before in the same way is no news and must not stop a new configuration.
    if (old?.message !== error.message || old.hook !== hook) this.#problem(nameOf(slot), error.message)
  }

  #put(slot: Slot): void {
    this.slots.set(slot.source.key, slot)
  }

  #problem(plugin: string, message: string): void {
    this.problems.push({ plugin, message, named: this.#named.has(plugin) })
  }
}
