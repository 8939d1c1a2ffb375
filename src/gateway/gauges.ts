import type { Budgets } from "../accounts/budgets.ts"
import type { PluginState } from "../host/host-types.ts"
import type { Bus } from "../ledger/bus.ts"
import type { Store } from "../store/open-store.ts"
import type { Metrics } from "../telemetry/metrics.ts"

export interface GaugeSources {
  readonly store: Store
  readonly bus: Bus
  readonly plugins: () => readonly PluginState[]
  readonly budgets: Budgets
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
    overruns.value = sources.budgets.totals().overruns
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
