import type { Budgets } from "../../accounts/limits/budgets.ts"
import type { Rates } from "../../accounts/limits/rates.ts"
import type { Bodies } from "../../bodies/bodies.ts"
import type { PluginState } from "../../host/host-types.ts"
import type { Bus } from "../../ledger/bus.ts"
import type { Store } from "../../store/open-store.ts"
import type { Metrics } from "../../telemetry/metrics.ts"

export interface GaugeSources {
  readonly store: Store
  readonly bus: Bus
  readonly plugins: () => readonly PluginState[]
  readonly budgets: Budgets
  readonly rates: Rates
  readonly bodies: Pick<Bodies, "state">
}

/** What is only worth reading when somebody asks: queue depths, upstream states, plugin failures. */
export function observeGateway(metrics: Metrics, sources: GaugeSources): void {
  const queued = metrics.gauge({ name: "signalbox_ledger_queued_rows", help: "Ledger rows in memory." }).with()
  const spilled = metrics.gauge({ name: "signalbox_ledger_spilled_rows", help: "Ledger rows in spill files." }).with()
  const dropped = metrics
    .counter({ name: "signalbox_ledger_dropped_total", help: "Ledger rows that were lost." })
    .with()
  const degraded = metrics
    .gauge({ name: "signalbox_store_degraded", help: "1 while the store cannot be written." })
    .with()
  const overruns = metrics
    .counter({ name: "signalbox_budget_overruns_total", help: "Answers that cost more than was held for them." })
    .with()
  const held = metrics
    .gauge({ name: "signalbox_budget_held_usd", help: "Money set aside for requests under way." })
    .with()
  const holds = metrics.gauge({ name: "signalbox_budget_holds", help: "Requests that money is set aside for." }).with()
  const extensions = metrics
    .counter({
      name: "signalbox_budget_extensions_total",
      help: "Further pieces of answers that were held for while they were made.",
    })
    .with()
  const rated = metrics
    .gauge({ name: "signalbox_rated_requests_in_flight", help: "Requests under way that a rate counts." })
    .with()
  const rateRefusals = metrics.counter({
    name: "signalbox_rate_refusals_total",
    help: "Requests that were refused for a rate, by what the rate belongs to.",
    labels: ["scope"],
  })
  const bodiesDropped = metrics
    .counter({
      name: "signalbox_bodies_dropped_total",
      help: "Prompts and answers that should have been kept, and were not.",
    })
    .with()
  const bodiesWaiting = metrics
    .gauge({ name: "signalbox_bodies_waiting_bytes", help: "Prompts and answers that wait to be written." })
    .with()
  const sinkQueue = metrics.gauge({
    name: "signalbox_sink_queued_events",
    help: "Events that wait for a sink.",
    labels: ["sink"],
  })
  const sinkDropped = metrics.counter({
    name: "signalbox_sink_dropped_total",
    help: "Events that a sink never got.",
    labels: ["sink"],
  })
  const calls = metrics.counter({
    name: "signalbox_plugin_calls_total",
    help: "Calls of plugin hooks.",
    labels: ["plugin"],
  })
  const failures = metrics.counter({
    name: "signalbox_plugin_failures_total",
    help: "Calls of plugin hooks that failed.",
    labels: ["plugin"],
  })
  const seconds = metrics.counter({
    name: "signalbox_plugin_seconds_total",
    help: "Time spent in plugin hooks.",
    labels: ["plugin"],
  })
  metrics.onCollect(() => {
    const state = sources.store.state()
    queued.set(state.queued)
    spilled.set(state.spilled)
    dropped.value = state.dropped
    degraded.set(state.status === "ok" ? 0 : 1)
    const budgets = sources.budgets.totals()
    overruns.value = budgets.overruns
    held.set(budgets.heldNano / 1e9)
    holds.set(budgets.openHolds)
    extensions.value = budgets.extensions
    const rates = sources.rates.totals()
    rated.set(rates.inFlight)
    for (const [scope, count] of rates.refused) rateRefusals.with(scope).value = count
    const bodies = sources.bodies.state()
    bodiesDropped.value = bodies.dropped
    bodiesWaiting.set(bodies.waitingBytes)
    for (const [sink, own] of sources.bus.state()) {
      sinkQueue.with(sink).set(own.queued)
      sinkDropped.with(sink).value = own.dropped
    }
    for (const plugin of sources.plugins()) {
      calls.with(plugin.name).value = plugin.calls
      failures.with(plugin.name).value = plugin.failures
      seconds.with(plugin.name).value = plugin.timeMs / 1000
    }
  })
}
