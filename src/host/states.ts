import type { Meter } from "./guard.ts"
import type { HostConfig, PluginState, PluginStatus } from "./host-types.ts"
import type { Instance } from "./instance.ts"
import type { RosterCore } from "./roster.ts"
import { nameOf, type Slot } from "./slots.ts"
import type { Source } from "./sources.ts"

export interface StateParts {
  readonly slots: readonly Slot[]
  readonly draining: readonly Instance[]
  readonly roster: RosterCore
  readonly meter: (name: string) => Meter | undefined
  readonly use: HostConfig["use"]
}

/** The rows of `GET /admin/plugins`: every source, every replaced instance that is still held, every name that is nowhere. */
export function describeStates(parts: StateParts): PluginState[] {
  const disabled = new Set(parts.use.filter((use) => !use.enabled).map((use) => use.name))
  const live = new Set(parts.slots.filter((slot) => slot.instance).map(nameOf))
  const rows = parts.slots
    // A built-in that the folder replaces is not there.
    .filter((slot) => slot.instance || slot.error || disabled.has(nameOf(slot)) || !live.has(nameOf(slot)))
    .map((slot) => describeSlot(parts, slot, disabled))
  const drains = parts.draining.map((instance) => describeInstance(parts, instance, "draining"))
  const known = new Set(parts.slots.map(nameOf))
  const missing = parts.use.filter((use) => !known.has(use.name)).map((use) => describeMissing(use.name))
  return [...rows, ...drains, ...missing]
}

function describeSlot(parts: StateParts, slot: Slot, disabled: ReadonlySet<string>): PluginState {
  const fault = slot.error ? { lastError: slot.error } : {}
  if (slot.instance) {
    const off = slot.instance.guard.breakers.some((breaker) => breaker.open)
    return { ...describeInstance(parts, slot.instance, off ? "off" : "live"), ...fault }
  }
  const name = nameOf(slot)
  const state = disabled.has(name) && !slot.error ? "off" : "failed"
  return { ...empty(name, pathOf(slot.source), slot.version, state), ...countsOf(parts.meter(name)), ...fault }
}

function describeInstance(parts: StateParts, instance: Instance, state: PluginStatus): PluginState {
  const meter = parts.meter(instance.name)
  return {
    ...empty(instance.name, pathOf(instance.source), instance.version, state),
    ...countsOf(meter),
    capabilities: instance.capabilityNames,
    switchedOff: instance.guard.breakers.filter((breaker) => breaker.open).map((breaker) => breaker.hook),
    holders: instance.holders,
  }
}

const describeMissing = (name: string): PluginState => ({
  ...empty(name, "plugins.use", 0, "failed"),
  lastError: { at: 0, message: "plugins.use names it, but there is no such plugin", hook: "load" },
})

const empty = (name: string, source: string, version: number, state: PluginStatus): PluginState => ({
  name,
  source,
  version,
  state,
  capabilities: [],
  switchedOff: [],
  calls: 0,
  failures: 0,
  timeMs: 0,
  inFlight: 0,
  holders: 0,
})

function countsOf(meter: Meter | undefined): Partial<PluginState> {
  if (!meter) return {}
  const { calls, failures, timeMs, inFlight, lastFault } = meter
  const { at, message, hook } = lastFault ?? {}
  return {
    calls,
    failures,
    timeMs,
    inFlight,
    ...(at !== undefined && message !== undefined && hook !== undefined ? { lastError: { at, message, hook } } : {}),
  }
}

const pathOf = (source: Source): string => (source.origin === "built-in" ? "built-in" : source.path)

/** The instance whose code is nearest to the throw, told by the paths in the stack. */
export function blamed(thrown: unknown, instances: readonly Instance[]): Instance | undefined {
  const lines = thrown instanceof Error ? (thrown.stack ?? "").split("\n") : []
  for (const line of lines) {
    const guilty = instances.find(({ source, name }) => {
      if (source.origin === "built-in") return line.includes(`plugins/${name}/`)
      return line.includes(`${source.root}/`) || line.includes(`${source.root}:`) || line.includes(`${source.root}?`)
    })
    if (guilty) return guilty
  }
  return undefined
}
