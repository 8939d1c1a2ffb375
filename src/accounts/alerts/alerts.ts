import type { Config } from "../../config/config.ts"
import {
  type Alert,
  GatewayError,
  type GatewayEvent,
  type Logger,
  messageOf,
  type Notifier,
} from "../../contract/index.ts"
import type { GuardedPost } from "../../egress/guarded-post.ts"
import type { AccountId } from "../../store/account-ids.ts"
import type { Store } from "../../store/open-store.ts"
import { windowKinds, windowStart } from "../../store/windows.ts"
import type { Directory } from "../directory/directory.ts"
import type { Principal } from "../principal.ts"
import type { Seal } from "../seal.ts"
import { organisationId } from "../standing/belongings.ts"
import type { Standing, Standings } from "../standing/types.ts"
import { destinationsOf, rulesOf } from "./book.ts"
import { Deliveries, type DeliverParts } from "./deliver.ts"
import { alertOf, testAlert } from "./describe.ts"
import { type Firings, openFirings } from "./firings.ts"
import { openedDestination } from "./opened.ts"
import { longestTryMs, send } from "./send.ts"
import type { Destination, Sent, WatchRule, WindowSums } from "./types.ts"
import { type Crossing, Watch } from "./watch.ts"

/** Tells people when spending crosses what they watch: decided once, delivered at least once. */
export interface Alerts {
  /** To be called when something was counted on the accounts of a standing. Synchronous, and nothing where no rule watches them. */
  spent(standing: Standing, now: number): void
  /** Looks at everybody, because a rule, a limit or a balance was changed. */
  look(): Promise<void>
  rules(): readonly WatchRule[]
  destinations(): readonly Destination[]
  /** Sends a marked alert, once and at once, and tells what came of it. */
  test(destinationId: string): Promise<Sent>
  readonly recorded: Pick<Firings, "history" | "count" | "states">
  /** Takes up what earlier processes left, and looks every minute. */
  start(): Promise<void>
  /** Resolves when nothing is to be decided or delivered any more that was found before. */
  idle(): Promise<void>
  stop(): Promise<void>
}

export interface AlertsOptions {
  readonly store: Pick<Store, "read" | "writer">
  readonly directory: Pick<Directory, "version" | "get" | "list">
  readonly config: () => Config
  readonly standings: Pick<Standings, "of">
  readonly keys: { list(): readonly Principal[] }
  readonly seal: Pick<Seal, "open">
  readonly sumsOf: (account: AccountId, now: number) => WindowSums
  readonly notifier: (name: string) => Notifier | undefined
  readonly post: GuardedPost
  readonly clock: { now(): number }
  readonly after: (milliseconds: number, run: () => void) => () => void
  /** A signal that is aborted after so many milliseconds. */
  readonly timeout: (milliseconds: number) => AbortSignal
  /** A new unique word of letters and digits. */
  readonly newId: () => string
  /** No other process uses this store. */
  readonly alone: boolean
  readonly log: Logger
  readonly publish: (event: GatewayEvent) => void
  readonly onFired: (alert: Alert) => void
  readonly onDelivery: DeliverParts["onEnd"]
}

const lookMs = 60_000
/** Standings that are looked at without a break. */
const slice = 200

export function createAlerts(options: AlertsOptions): Alerts {
  const { directory, config, clock, after, newId, log, alone } = options
  const ended = new AbortController()
  const firings = openFirings(options.store, newId())
  const watch = new Watch(options.sumsOf)
  const deciding = new Set<Promise<void>>()
  let seenConfig: Config | undefined
  let seenVersion: number | undefined
  let cancelLook = () => {}
  /** True while what was crossed cannot be written down. */
  let failing = false

  const destinations = () => destinationsOf(config(), directory)
  const sending = {
    notifier: options.notifier,
    post: options.post,
    open: (destination: Destination) => openedDestination(destination, config(), directory, options.seal),
    clock,
  }
  const sendOnce = (alert: Alert, destination: Destination): Promise<Sent> =>
    send(sending, alert, destination, ended.signal, options.timeout(longestTryMs))
  const deliveries = new Deliveries({
    firings,
    destination: (id) => destinations().find((one) => one.id === id),
    send: ({ alert }, destination) => sendOnce(alert, destination),
    clock,
    after,
    log,
    onEnd: options.onDelivery,
  })
  const organisationName = () =>
    config().organisation.name ?? directory.get("organisation", organisationId)?.body.name ?? "signalbox"

  const decide = async (crossing: Crossing): Promise<void> => {
    const { threshold, standing, spentNano, windowStart: startsAt } = crossing
    const { rule, account, name, amountNano } = threshold
    const at = Math.round(clock.now())
    const alert = alertOf(threshold, standing, {
      id: `alert_${newId()}`,
      at,
      spentNano,
      organisation: organisationName(),
    })
    const key = { alert: rule.id, account, threshold: name, windowStart: startsAt, amountNano }
    try {
      const isFirst = await firings.fire(key, alert, rule.destinationIds, at)
      failing = false
      if (!isFirst) return
    } catch (thrown) {
      watch.forget(crossing)
      if (!failing) log.error("an alert cannot be written down; it is tried again", { error: messageOf(thrown) })
      failing = true
      return
    }
    options.onFired(alert)
    options.publish({ type: "alert-fired", at, alert })
    for (const destinationId of rule.destinationIds) deliveries.add({ alert, destinationId, tries: 0 })
  }
  /** Rules are read anew when anything they are made of was replaced. */
  const refresh = (): void => {
    const now = config()
    if (now === seenConfig && directory.version === seenVersion) return
    seenConfig = now
    seenVersion = directory.version
    watch.setRules(rulesOf(now, directory))
    for (const { name, notifier } of destinationsOf(now, directory))
      if (!options.notifier(notifier))
        log.warn("an alert destination names a notifier that does not run", { destination: name, notifier })
  }
  const spent = (standing: Standing, now: number): void => {
    refresh()
    if (watch.isIdle) return
    for (const crossing of watch.look(standing, now)) {
      const decided = decide(crossing)
      deciding.add(decided)
      void decided.finally(() => deciding.delete(decided))
    }
  }
  const look = async (): Promise<void> => {
    refresh()
    if (watch.isIdle) return
    for (const [index, principal] of options.keys.list().entries()) {
      if (ended.signal.aborted) return
      if (index % slice === slice - 1) await new Promise<void>((resolve) => void after(0, resolve))
      spent(options.standings.of(principal), clock.now())
    }
  }
  const takeUp = async (isStart: boolean): Promise<void> => {
    for (const due of await firings.claim(Math.round(clock.now()), isStart && alone)) deliveries.add(due)
  }
  const again = (): void => {
    cancelLook = after(lookMs, async () => {
      try {
        await look()
        if (!alone || deliveries.hasLost) {
          deliveries.hasLost = false
          await takeUp(false)
        }
      } catch (thrown) {
        log.warn("alerts that are to be delivered cannot be read", { error: messageOf(thrown) })
      }
      if (!ended.signal.aborted) again()
    })
  }

  return {
    spent,
    look,
    rules: () => rulesOf(config(), directory),
    destinations,
    recorded: firings,
    async test(destinationId) {
      const destination = destinations().find(({ id }) => id === destinationId)
      if (!destination) throw new GatewayError("not_found", "There is no such alert destination.")
      const now = Math.round(clock.now())
      const alert = testAlert(`alert_${newId()}`, now, organisationName())
      const due = { alert, destinationId, tries: 0 }
      const key = { alert: "test", account: "test", threshold: alert.id, windowStart: -1, amountNano: 0 }
      await firings.fire(key, alert, [destinationId], now)
      await firings.begin(due, now)
      const sent = await sendOnce(alert, destination)
      await firings.end(due, { ...sent, retry: false }, Math.round(clock.now()))
      options.onDelivery(destination, sent.ok ? "delivered" : "failed")
      return sent
    },
    async start() {
      try {
        const now = clock.now()
        for (const past of await firings.since([...new Set(windowKinds.map((kind) => windowStart(kind, now)))]))
          watch.remember(past.alert, past.account, past.threshold, past.windowStart, past.amountNano)
        await takeUp(true)
        // Whoever spent all and was cut off before anybody was told will not spend again.
        await look()
      } catch (thrown) {
        // Requests are served all the same, and what is told twice is known by its key.
        deliveries.hasLost = true
        log.error("alerts of earlier processes cannot be read", { error: messageOf(thrown) })
      }
      again()
    },
    async idle() {
      await Promise.all(deciding)
      await deliveries.idle()
    },
    async stop() {
      cancelLook()
      ended.abort(new Error("the gateway stops"))
      await Promise.all(deciding)
      await deliveries.end()
    },
  }
}
