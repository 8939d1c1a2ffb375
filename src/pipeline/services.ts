import type { Budgets } from "../accounts/limits/budgets.ts"
import type { Rates } from "../accounts/limits/rates.ts"
import type { Hold, Payer } from "../accounts/limits/shared-budgets.ts"
import type { RateTicket } from "../accounts/limits/shared-rates.ts"
import type { Principal } from "../accounts/principal.ts"
import type { HeldGuardrail, Standing, Standings } from "../accounts/standing/types.ts"
import type { Bodies } from "../bodies/bodies.ts"
import type { Brought } from "../catalog/brought.ts"
import type { Catalog } from "../catalog/catalog.ts"
import type { Health } from "../catalog/health/health.ts"
import type { LiveOffer, LiveWire } from "../catalog/offers.ts"
import type { Config } from "../config/config.ts"
import type { ErrorCode, Generation, Logger } from "../contract/index.ts"
import type { Declared } from "../declarations/declared.ts"
import type { GuardedFetch } from "../egress/guarded-fetch.ts"
import type { Roster } from "../host/roster.ts"
import type { RequestSize } from "../ledger/estimate.ts"
import type { OfferPrice } from "../ledger/prices.ts"
import type { Deadlines } from "./attempt/deadlines.ts"
import type { Burn } from "./burn.ts"
import type { ReadPdf } from "./media/pdf.ts"
import type { Flights } from "./recall/types.ts"
import type { SignatureOrigins } from "./signatures.ts"
import type { StickyMemory } from "./sticky/memory.ts"

/** What a request holds from its start to its end, so that a reload never changes it under way. */
export interface Snapshot {
  readonly version: number
  readonly config: Config
  /** What the API declared; aliases and policies are in the catalog, those of the file too. */
  readonly declared: Declared
  readonly catalog: Catalog
  readonly roster: Roster
  /** Used when a request names none. */
  readonly defaultModel: string
}

/** A request as far as its input is counted: measured once, or by the transform that changed it. */
export interface Measured {
  readonly inbound: { readonly body: string }
  size: RequestSize | undefined
}

/** Counts; each call is a few additions. */
export interface RequestMetrics {
  finished(generation: Generation, overheadMs: number): void
  /** Nothing was remembered for a request that asked. */
  missed(): void
  /** Refused before it became a request: bad key, bad body. */
  refused(code: ErrorCode): void
}

/** Everything a request needs from the other rooms. */
export interface Services {
  readonly snapshot: () => Snapshot
  readonly budgets: Budgets
  readonly rates: Rates
  /** All that governs a key's requests; a look-up. */
  readonly standings: Standings
  readonly health: Health
  /** Providers with credentials that somebody brought. */
  readonly brought: Brought
  /** Where conversations are. */
  readonly sticky: StickyMemory
  readonly deadlines: Deadlines
  readonly metrics: RequestMetrics
  readonly burn: Burn
  readonly signatures: SignatureOrigins
  readonly flights: Flights
  readonly log: Logger
  readonly fetch: typeof fetch
  /** Files that a request names by their address. */
  readonly fetchFile: GuardedFetch
  /** The text of a PDF, page by page. */
  readonly readPdf: ReadPdf
  /** Milliseconds UTC, with fractions. */
  readonly now: () => number
  /** 0 ≤ x < 1, for jitter. */
  readonly random: () => number
  /** Twenty-four letters and digits. */
  readonly newToken: () => string
  /** Immediate once an offer is known; a promise the first time. */
  readonly priceOf: (offer: LiveOffer) => OfferPrice | Promise<OfferPrice>
  /** What is publicly known of models. Once it is loaded, `snapshot` has it; before, names and lists may lack what is only known there. */
  readonly facts: { readonly loaded: boolean; load(): Promise<void> }
  /** Input tokens of this request at this model, learned from what upstreams report. */
  readonly estimateInput: (exchange: Measured, offerKey: string) => number
  readonly learnInput: (exchange: Measured, offerKey: string, tokens: number) => void
  /** Takes prompts and answers of keys whose are kept. Absent: nobody does. */
  readonly bodies?: Pick<Bodies, "keep">
  /** Writes the row; a promise only where the ledger is strict. */
  /** Something was counted on the accounts of a standing: somebody may want to be told. Must not throw, and waits for nothing. */
  readonly onSpent: (standing: Standing, now: number) => void
  readonly record: (generation: Generation, settledAt: number) => undefined | Promise<unknown>
}

export type { HeldGuardrail, Hold, LiveOffer, LiveWire, OfferPrice, Payer, Principal, RateTicket, Standing }
