import type { Alert } from "../../contract/index.ts"
import type { AccountId } from "../../store/account-ids.ts"
import type { WindowKind } from "../../store/windows.ts"
import type { AlertRule } from "../directory/types.ts"

/** A rule as it holds now, whoever made it. */
export interface WatchRule extends AlertRule {
  readonly id: string
  readonly source: "file" | "store"
  readonly createdAt?: number
  readonly updatedAt?: number
}

/** Somebody who can be told. */
export interface Destination {
  readonly id: string
  readonly source: "file" | "store"
  readonly name: string
  readonly notifier: string
  readonly host: string
  readonly hasSecret: boolean
  readonly createdAt?: number
  readonly updatedAt?: number
}

/** What is needed to send to one; never printed. */
export interface OpenDestination {
  readonly url: string
  readonly secret?: string
}

/** One amount that a rule watches on one account. */
export interface Threshold {
  readonly rule: WatchRule
  readonly account: AccountId
  /** Which one of the rule's it is, as the store has it: `percent 80 monthly`. */
  readonly name: string
  readonly kind: Alert["kind"]
  /** Per cent, or nano-dollars. */
  readonly value: number
  readonly window: WindowKind
  /** Crossed when this is spent in the window. */
  readonly amountNano: number
  readonly limitNano?: number
  readonly countsByok: boolean
}

/** What an account has spent in the windows of this moment, nano-dollars. */
export interface WindowSums {
  readonly usage: Readonly<Record<WindowKind, number>>
  /** On credentials that somebody brought. */
  readonly byok: Readonly<Record<WindowKind, number>>
}

/** How the last tries to reach a destination went. */
export interface DestinationState {
  readonly lastSuccessAt?: number
  readonly lastFailureAt?: number
  readonly lastError?: string
}

/** One try to tell a destination. */
export interface Sent {
  readonly ok: boolean
  /** What the receiver answered; absent: it did not. */
  readonly status?: number
  /** The beginning of its answer. */
  readonly answer?: string
  readonly error?: string
  /** Whether another try makes sense. */
  readonly retry: boolean
}

/** Something that was crossed, and who was told. */
export interface Firing {
  readonly alert: Alert
  readonly deliveries: readonly {
    readonly destinationId: string
    readonly tries: number
    readonly deliveredAt?: number
    readonly failedAt?: number
    readonly status?: number
    readonly error?: string
  }[]
}
