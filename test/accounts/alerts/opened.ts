import { createAlerts } from "../../../src/accounts/alerts/alerts.ts"
import type { WindowSums } from "../../../src/accounts/alerts/types.ts"
import type { Principal } from "../../../src/accounts/principal.ts"
import type { GatewayEvent } from "../../../src/contract/index.ts"
import type { GuardedPost } from "../../../src/egress/guarded-post.ts"
import type { Store } from "../../../src/store/open-store.ts"
import { configOf } from "../../kit/config.ts"
import { fixedClock, recordingLog } from "../../store/support.ts"
import { limitOf, standingOf } from "./kit.ts"

const file = `
alerts:
  destinations:
    - { name: ops, notifier: plain, url: "http://127.0.0.1:9/ops", secret: a-secret-of-ops }
    - { name: boss, notifier: plain, url: "http://127.0.0.1:9/boss" }
  rules:
    - { name: usual, on: key, destinations: [ops, boss] }
`

/** Timers that run when a test says so. */
const manualTimers = () => {
  const waiting = new Set<{ readonly ms: number; readonly run: () => void }>()
  return {
    waits: () => [...waiting].map(({ ms }) => ms).toSorted((a, b) => a - b),
    after: (ms: number, run: () => void) => {
      const timer = { ms, run }
      waiting.add(timer)
      return () => void waiting.delete(timer)
    },
    /** Runs those that wait so long. */
    fire(ms: number) {
      for (const timer of waiting)
        if (timer.ms === ms) {
          waiting.delete(timer)
          timer.run()
        }
    },
  }
}

/** Alerts over one key with a limit of 10 USD, which the rule of the file watches, and that spent so much. */
export const openWatched = async (store: Store, spentNano: () => number, alone: boolean, post: GuardedPost) => {
  const config = await configOf(file)
  const clock = fixedClock(Date.UTC(2027, 0, 31, 12))
  const timers = manualTimers()
  const log = recordingLog()
  const published: GatewayEvent[] = []
  const standing = standingOf([limitOf()])
  const sums = (): WindowSums => {
    const nano = spentNano()
    const none = { daily: 0, weekly: 0, monthly: 0, total: 0 }
    return { usage: { daily: nano, weekly: nano, monthly: nano, total: nano }, byok: none }
  }
  const alerts = createAlerts({
    store,
    directory: { version: 1, get: () => undefined, list: () => [] },
    config: () => config,
    standings: { of: () => standing },
    keys: { list: () => [standing.principal as Principal] },
    seal: { open: async () => "" },
    sumsOf: sums,
    notifier: (name) =>
      name === "plain" ? { name, message: ({ id, threshold }) => ({ body: { id, threshold } }) } : undefined,
    post,
    clock,
    after: timers.after,
    timeout: () => new AbortController().signal,
    newId: () => crypto.randomUUID(),
    alone,
    log,
    publish: (event) => published.push(event),
    onFired: () => {},
    onDelivery: () => {},
  })
  return { alerts, clock, timers, log, published, standing }
}
