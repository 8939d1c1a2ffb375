import { type Alerts, createAlerts } from "../accounts/alerts/alerts.ts"
import type { Accounts } from "../accounts/open-accounts.ts"
import type { Seal } from "../accounts/seal.ts"
import type { GatewayEvent } from "../contract/index.ts"
import type { GuardedPost } from "../egress/guarded-post.ts"
import type { Snapshot } from "../pipeline/services.ts"
import type { Store } from "../store/open-store.ts"
import type { RootLogger } from "../telemetry/logger.ts"
import type { Metrics } from "../telemetry/metrics.ts"
import { after } from "./after.ts"
import { randomToken } from "./random.ts"

export interface AlertParts {
  readonly store: Store
  readonly accounts: Accounts
  readonly seal: Seal
  readonly snapshot: () => Snapshot
  readonly metrics: Metrics
  readonly log: RootLogger
  readonly publish: (event: GatewayEvent) => void
  readonly now: () => number
  /** No other process uses the store. */
  readonly alone: boolean
}

/** Alerts with all that they need of the other rooms. */
export function gatewayAlerts(parts: AlertParts): Alerts {
  const { store, accounts, seal, snapshot, metrics, log, publish, now, alone } = parts
  const fired = metrics.counter({
    name: "signalbox_alerts_fired_total",
    help: "Thresholds of spending that were crossed.",
    labels: ["on"],
  })
  const deliveries = metrics.counter({
    name: "signalbox_alert_deliveries_total",
    help: "Tries to tell a destination of an alert: delivered, retried, failed.",
    labels: ["destination", "outcome"],
  })
  return createAlerts({
    store,
    directory: accounts.directory,
    config: () => snapshot().config,
    standings: accounts.standings,
    keys: accounts.keys,
    seal: {
      async open(sealed, purpose) {
        const text = await seal.open(sealed, purpose)
        // Whatever is said of it later, it is not said in the log.
        log.hide(text)
        return text
      },
    },
    sumsOf: (account, at) => accounts.budgets.snapshotOf(account, at),
    notifier: (name) => snapshot().roster.notifiers.get(name),
    post: guardedPost(() => snapshot().config.egress.allow),
    clock: { now },
    after,
    timeout: (milliseconds) => AbortSignal.timeout(milliseconds),
    newId: () => randomToken(24),
    alone,
    log,
    publish,
    onFired: ({ on }) => fired.with(on).add(1),
    onDelivery: ({ name }, outcome) => deliveries.with(name, outcome).add(1),
  })
}

/** Made with the first message: the runtime's network modules cost every start otherwise. */
function guardedPost(allow: () => readonly string[]): GuardedPost {
  const make = async (): Promise<GuardedPost> => {
    const [{ createGuardedPost }, { lookup }] = await Promise.all([
      import("../egress/guarded-post.ts"),
      import("node:dns/promises"),
    ])
    const resolve = async (host: string) => (await lookup(host, { all: true })).map(({ address }) => address)
    return createGuardedPost({ fetch, resolve, allow })
  }
  let made: Promise<GuardedPost> | undefined
  return async (post) => {
    made ??= make()
    return (await made)(post)
  }
}
