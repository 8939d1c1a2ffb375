import type {
  Cache,
  Detector,
  Guardrail,
  Notifier,
  ProviderDefinition,
  Search,
  Sink,
  Strategy,
  Transform,
} from "../contract/index.ts"
import type { Instance } from "./instance.ts"

export interface RosterProvider {
  readonly definition: ProviderDefinition
  readonly plugin: string
  /** There even when no entry of `providers:` asks for it. */
  readonly standalone: boolean
}

/** The live plugins at one moment, frozen. A request holds the one it started with until it ends. */
export interface Roster {
  /** Counts up with every swap. */
  readonly version: number
  readonly providers: ReadonlyMap<string, RosterProvider>
  readonly guardrails: readonly Guardrail[]
  readonly caches: readonly Cache[]
  readonly strategies: ReadonlyMap<string, Strategy>
  readonly transforms: readonly Transform[]
  readonly sinks: readonly Sink[]
  /** In the order of `plugins.use`. */
  readonly searches: readonly Search[]
  readonly notifiers: ReadonlyMap<string, Notifier>
  readonly detectors: ReadonlyMap<string, Detector>
  /**
   * Plugins that `plugins.use` names and that do not run, as far as they are guardrails or nobody knows what they are, because they never
   * ran. While there is one, requests would go unguarded.
   */
  readonly unguarded: readonly string[]
  /** Keeps every instance of this roster alive until the function it gives is called; more calls of that do nothing. */
  acquire(): () => void
}

/** An instance that cannot be in the roster beside the others. */
export interface Refusal {
  readonly instance: Instance
  readonly message: string
}

/** A roster with its instances; only the host sees this side. */
export class RosterCore implements Roster {
  readonly providers: ReadonlyMap<string, RosterProvider>
  readonly guardrails: readonly Guardrail[]
  readonly caches: readonly Cache[]
  readonly strategies: ReadonlyMap<string, Strategy>
  readonly transforms: readonly Transform[]
  readonly sinks: readonly Sink[]
  readonly searches: readonly Search[]
  readonly notifiers: ReadonlyMap<string, Notifier>
  readonly detectors: ReadonlyMap<string, Detector>
  holders = 0
  #retired = false

  /** `instances` in order: `plugins.use` first, then as loaded. `builtInNames` are the names of all built-ins, replaced or not. */
  constructor(
    readonly version: number,
    readonly instances: readonly Instance[],
    builtInNames: ReadonlySet<string>,
    readonly unguarded: readonly string[],
    private readonly onGone: (roster: RosterCore) => void,
  ) {
    this.providers = new Map(
      claims(instances, "providers").map(({ instance, item }) => {
        // A stranger that was dropped into the folder is there at once; a replaced built-in behaves like what it replaces.
        const dropped = instance.source.origin === "folder" && !builtInNames.has(instance.name)
        const standalone = item.standalone ?? dropped
        return [item.id, Object.freeze({ definition: item, plugin: instance.name, standalone })]
      }),
    )
    this.strategies = new Map(claims(instances, "strategies").map(({ item }) => [item.name, item]))
    this.notifiers = new Map(claims(instances, "notifiers").map(({ item }) => [item.name, item]))
    this.detectors = new Map(claims(instances, "detectors").map(({ item }) => [item.name, item]))
    this.guardrails = Object.freeze(instances.flatMap((instance) => instance.capabilities.guardrails))
    this.caches = Object.freeze(instances.flatMap((instance) => instance.capabilities.caches))
    this.transforms = Object.freeze(instances.flatMap((instance) => instance.capabilities.transforms))
    this.sinks = Object.freeze(instances.flatMap((instance) => instance.capabilities.sinks))
    this.searches = Object.freeze(instances.flatMap((instance) => instance.capabilities.searches))
  }

  acquire(): () => void {
    this.holders += 1
    let held = true
    return () => {
      if (!held) return
      held = false
      this.holders -= 1
      this.#check()
    }
  }

  /** No longer the current one: goes as soon as nobody holds it. */
  retire(): void {
    this.#retired = true
    this.#check()
  }

  #check(): void {
    if (this.#retired && this.holders === 0) this.onGone(this)
  }
}

const idOf = (item: ProviderDefinition | Strategy | Notifier | Detector): string => ("id" in item ? item.id : item.name)

/** Kinds of which each name has one owner, with the word for one of them. */
const claimed = { providers: "provider", strategies: "strategy", notifiers: "notifier", detectors: "detector" } as const

interface Claim<T> {
  readonly instance: Instance
  readonly item: T
}

/** Who owns each provider id, strategy, notifier or detector name: the folder before built-ins, else the first. */
function claims<K extends keyof typeof claimed>(
  instances: readonly Instance[],
  kind: K,
): Claim<Instance["capabilities"][K][number]>[] {
  type Item = Instance["capabilities"][K][number]
  const owners = new Map<string, Claim<Item>>()
  for (const instance of instances) {
    for (const item of instance.capabilities[kind] as readonly Item[]) {
      const owner = owners.get(idOf(item))
      const wins = instance.source.origin === "folder" && owner?.instance.source.origin === "built-in"
      if (!owner || wins) owners.set(idOf(item), { instance, item })
    }
  }
  return [...owners.values()]
}

/**
 * The instances that define what another of the same origin already defines. Those that were live before keep their place;
 * newcomers are refused.
 */
export function refusals(instances: readonly Instance[], before: ReadonlySet<Instance>): Refusal[] {
  const refused = new Map<Instance, string>()
  for (const kind of Object.keys(claimed) as (keyof typeof claimed)[]) {
    const owners = new Map<string, Instance>()
    const settled = [...instances].sort((one, other) => Number(before.has(other)) - Number(before.has(one)))
    for (const instance of settled) {
      for (const item of instance.capabilities[kind]) {
        const id = idOf(item)
        const key = `${instance.source.origin} ${id}`
        const owner = owners.get(key)
        if (!owner) owners.set(key, instance)
        else if (owner !== instance && !refused.has(instance)) {
          refused.set(instance, `the ${claimed[kind]} "${id}" is already defined by the plugin "${owner.name}"`)
        }
      }
    }
  }
  return [...refused].map(([instance, message]) => ({ instance, message }))
}
