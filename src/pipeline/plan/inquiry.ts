import type { Health } from "../../catalog/health/health.ts"
import type { RegionDoor, StreamRecovery } from "../../config/config.ts"
import type { CallInfo, Logger, RouteOpening } from "../../contract/index.ts"
import type { AppliedPreset } from "../presets/types.ts"
import type { LiveOffer, Principal, Services, Snapshot, Standing } from "../services.ts"
import type { Conversation, StickyMemory } from "../sticky/memory.ts"
import type { Demand } from "./demand/demand.ts"
import type { ProviderPreferences } from "./preferences/preferences.ts"
import type { Wishes } from "./targets/wish.ts"
import type { Plan } from "./types.ts"

/** What planning needs of the other rooms. */
export interface PlanServices extends Pick<Services, "now" | "random" | "priceOf"> {
  readonly health: Pick<Health, "view">
  readonly sticky: Pick<StickyMemory, "find">
  readonly log: Pick<Logger, "warn">
}

/**
 * A request as planning asks about it: one that is under way, or one that is planned again from what was written down of it. Whatever
 * takes work to find out is found out when it is first asked for.
 */
export interface Inquiry {
  readonly snapshot: Snapshot
  readonly services: PlanServices
  readonly principal: Principal
  /** What governs its key. */
  readonly standing: Pick<Standing, "principal" | "access" | "guardrails" | "brought" | "usual">
  /** The credentials of an offer, by the numbers that health has for them; undefined: the operator's own alone. */
  slotsOf(offer: LiveOffer): readonly number[] | undefined
  /** Of the listener or host name that it came by. */
  readonly door: RegionDoor | undefined
  readonly requestId: string
  /** The names to try, in order, as the client gave them. */
  readonly names: readonly string[]
  /** The one that errors speak of. */
  readonly model: string
  /** The client named none: it is the default of its key, or of the configuration. */
  readonly isDefault: boolean
  /** Its own; those of configuration, key and names are added. */
  readonly preferences: ProviderPreferences | undefined
  readonly preset: AppliedPreset | undefined
  readonly demand: Demand
  readonly search: "offered" | "demanded" | undefined
  readonly user: string | undefined
  readonly session: string | undefined
  readonly trace: string | undefined
  readonly conversation: Conversation | undefined
  /** What it says itself of answers that break off. */
  readonly streamRecovery: StreamRecovery | undefined
  readonly call: CallInfo
  /** What routers judge it by. Throws where that cannot be known. */
  readonly opening: RouteOpening
  /** The same where a router has asked already. */
  readonly judgedBy: RouteOpening | undefined

  /** What planning leaves on it: the plan, what names ask of the request itself, and that its conversation is to be kept where it is. */
  plan: Plan | undefined
  wishes: Wishes | undefined
  isSticky: boolean
}
