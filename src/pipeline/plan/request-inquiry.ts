import type { RegionDoor, StreamRecovery } from "../../config/config.ts"
import type { CallInfo, RouteOpening } from "../../contract/index.ts"
import { broughtSlots } from "../attempt/credentials.ts"
import type { Exchange } from "../exchange.ts"
import type { AppliedPreset } from "../presets/types.ts"
import { isDemanded } from "../search/wish.ts"
import type { LiveOffer, Principal, Snapshot, Standing } from "../services.ts"
import { sessionOf } from "../session.ts"
import { conversationOf } from "../sticky/conversation.ts"
import type { Conversation } from "../sticky/memory.ts"
import type { Demand } from "./demand/demand.ts"
import { RequestDemand } from "./demand/demands.ts"
import type { Inquiry, PlanServices } from "./inquiry.ts"
import { traceIn, userIn } from "./labels.ts"
import type { ProviderPreferences } from "./preferences/preferences.ts"
import { openingFor } from "./targets/auto/opening.ts"
import type { Wishes } from "./targets/wish.ts"
import type { Plan } from "./types.ts"

/** A request that is under way, as planning asks about it. One per request, so that nothing is found out twice. */
export const inquiryOf = (exchange: Exchange): Inquiry => {
  exchange.inquiry ??= new RequestInquiry(exchange)
  return exchange.inquiry
}

class RequestInquiry implements Inquiry {
  readonly #exchange: Exchange
  #demand: Demand | undefined
  #opening: RouteOpening | undefined

  constructor(exchange: Exchange) {
    this.#exchange = exchange
  }

  get snapshot(): Snapshot {
    return this.#exchange.snapshot
  }

  get services(): PlanServices {
    return this.#exchange.services
  }

  get principal(): Principal {
    return this.#exchange.inbound.principal
  }

  get standing(): Standing {
    return this.#exchange.standing
  }

  slotsOf(offer: LiveOffer): readonly number[] | undefined {
    return broughtSlots(this.#exchange, offer)
  }

  get door(): RegionDoor | undefined {
    return this.#exchange.inbound.door
  }

  get requestId(): string {
    return this.#exchange.inbound.requestId
  }

  /** `models` alone where it names no `model`. */
  get names(): readonly string[] {
    const { fields, model, requestedModel } = this.#exchange
    const { models } = fields
    if (models.length === 0) return [model]
    const isNamed = fields.model !== undefined || model !== requestedModel
    return isNamed ? [model, ...models] : models
  }

  get model(): string {
    return this.#exchange.model
  }

  get isDefault(): boolean {
    const { fields, model, requestedModel } = this.#exchange
    return fields.model === undefined && fields.models.length === 0 && model === requestedModel
  }

  get preferences(): ProviderPreferences | undefined {
    return this.#exchange.fields.preferences
  }

  get preset(): AppliedPreset | undefined {
    return this.#exchange.preset
  }

  get demand(): Demand {
    this.#demand ??= new RequestDemand(this.#exchange)
    return this.#demand
  }

  get search(): "offered" | "demanded" | undefined {
    const { search, request } = this.#exchange
    if (!search || !request) return undefined
    return isDemanded(this.#exchange, request) ? "demanded" : "offered"
  }

  get user(): string | undefined {
    const { user, labels } = this.#exchange.fields
    return user ?? userIn(labels)
  }

  get session(): string | undefined {
    return sessionOf(this.#exchange)
  }

  get trace(): string | undefined {
    return traceIn(this.#exchange.fields.labels)
  }

  get conversation(): Conversation | undefined {
    return conversationOf(this.#exchange)
  }

  get streamRecovery(): StreamRecovery | undefined {
    const asked = this.#exchange.inbound.headers.get("x-signalbox-stream-recovery")
    return asked === "continue" || asked === "error" ? asked : undefined
  }

  get call(): CallInfo {
    return this.#exchange.call
  }

  get opening(): RouteOpening {
    this.#opening ??= openingFor(this.#exchange)
    return this.#opening
  }

  get judgedBy(): RouteOpening | undefined {
    return this.#opening
  }

  get plan(): Plan | undefined {
    return this.#exchange.plan
  }

  set plan(plan: Plan | undefined) {
    this.#exchange.plan = plan
  }

  get wishes(): Wishes | undefined {
    return this.#exchange.wishes
  }

  set wishes(wishes: Wishes | undefined) {
    this.#exchange.wishes = wishes
  }

  get isSticky(): boolean {
    return this.#exchange.isSticky
  }

  set isSticky(isSticky: boolean) {
    this.#exchange.isSticky = isSticky
  }
}
