import type { RegionDoor } from "../../config/config.ts"
import type { Price } from "../../contract/index.ts"
import { dayMs } from "../../store/windows.ts"
import { type Denial, isAllowed, isListed } from "../access/access.ts"
import { type Fitting, fittingFor } from "../credentials/fitting.ts"
import type { HeldGuardrail, LiveOffer } from "../services.ts"
import { knownPrice } from "./cost.ts"
import type { Demand } from "./demand/demand.ts"
import type { Question } from "./filters/question.ts"
import type { Inquiry } from "./inquiry.ts"
import type { Wanted } from "./preferences/layers.ts"

/** What filters ask of a request and its surroundings; looked up when they do. */
export class RequestQuestion implements Question {
  readonly #inquiry: Inquiry
  readonly demand: Demand
  readonly wanted: Wanted
  readonly #now: number

  constructor(inquiry: Inquiry, wanted: Wanted, now: number) {
    this.#inquiry = inquiry
    this.demand = inquiry.demand
    this.wanted = wanted
    this.#now = now
  }

  get door(): RegionDoor | undefined {
    return this.#inquiry.door
  }

  get today(): string {
    return dayOf(this.#now)
  }

  price(offer: LiveOffer): Price | undefined {
    return knownPrice(this.#inquiry, offer)
  }

  access(offer: LiveOffer): true | Denial {
    return isAllowed(this.#inquiry.snapshot, this.#inquiry.standing, offer, this.demand.ability)
  }

  get guardrails(): readonly HeldGuardrail[] {
    return this.#inquiry.standing.guardrails
  }

  credentials(offer: LiveOffer): Fitting {
    return fittingFor(this.#inquiry.snapshot, this.#inquiry.standing, offer)
  }

  isListed(names: readonly string[], offer: LiveOffer): boolean {
    return isListed(this.#inquiry.snapshot, names, offer)
  }
}

let latest = { number: Number.NaN, name: "" }

/** UTC. Written anew when it is another one than the last time. */
function dayOf(now: number): string {
  const number = Math.floor(now / dayMs)
  if (number !== latest.number) latest = { number, name: new Date(number * dayMs).toISOString().slice(0, 10) }
  return latest.name
}
