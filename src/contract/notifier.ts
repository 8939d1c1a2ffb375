import type { JsonObject } from "./json.ts"

/** What an alert can be about, in the order in which it narrows. */
export type AlertSubject = "organisation" | "project" | "group" | "service-account" | "member" | "key"

/** A threshold that was crossed. Money is USD, times are milliseconds UTC. Holds no secret. */
export interface Alert {
  /** The same however often it is sent: receivers know doubles by it. */
  readonly id: string
  /** Somebody tries a destination; nothing happened. */
  readonly test: boolean
  /** `percent`: of its limit; `spent`: an amount in the window; `balance`: less than that is left of what was prepaid. */
  readonly kind: "percent" | "spent" | "balance"
  readonly at: number
  /** What its rule is called. */
  readonly rule: string
  readonly on: AlertSubject
  /** Whose spending it is. `name` is what people call it, of a member its e-mail. */
  readonly target: { readonly id: string; readonly name: string }
  /** That the target belongs to, where it belongs to one. */
  readonly group?: { readonly id: string; readonly name: string }
  readonly organisation: string
  /** Per cent of `percent`, else USD. */
  readonly threshold: number
  readonly window: "daily" | "weekly" | "monthly" | "total"
  /** Spent in the window; of `balance`, ever. */
  readonly spent: number
  /** What may be spent in the window; of `balance`, what was paid in. Absent: no limit. */
  readonly limit?: number
  /** Only of `balance`: what is left. */
  readonly balance?: number
}

export interface NotifierMessage {
  /** Beside `content-type`, which the gateway sets. */
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON. */
  readonly body: JsonObject
}

/**
 * Writes messages for one kind of receiver; the gateway sends them, signs them, and tries again. Pure and synchronous. Names are unique among
 * notifiers. A throw counts as a failed try.
 */
export interface Notifier {
  readonly name: string
  message(alert: Alert): NotifierMessage
}
