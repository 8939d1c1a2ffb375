import { GatewayError, type JsonObject } from "../../../../contract/index.ts"
import type { LiveOffer } from "../../../services.ts"
import type { Demand } from "../../demand/demand.ts"
import { supports, takes } from "../../demand/supports.ts"
import { filtersOfChoice, objectionTo } from "../../filters/filters.ts"
import type { Excluded } from "../../filters/question.ts"
import type { Inquiry } from "../../inquiry.ts"
import { aroundOf, wantedOf } from "../../preferences/layers.ts"
import { RequestQuestion } from "../../request-question.ts"
import { nothingLeft } from "../../told/explain.ts"
import { type Candidate, choosable } from "./choosable.ts"

/** What the plan would leave out is not chosen. Asked of a few models of thousands, because it is what takes time. */
export class Screen {
  readonly #inquiry: Inquiry
  readonly #question: RequestQuestion

  constructor(inquiry: Inquiry, preferences: readonly JsonObject[]) {
    this.#inquiry = inquiry
    const wanted = wantedOf(inquiry, aroundOf(inquiry), preferences)
    this.#question = new RequestQuestion(inquiry, wanted, inquiry.services.now())
  }

  /** Those of its offers that may be used and can do what is asked for. */
  usable([, offers]: Candidate): readonly LiveOffer[] {
    const { demand } = this.#inquiry
    return offers.filter((offer) => !objectionTo(offer, this.#question, filtersOfChoice) && can(offer, demand))
  }

  /** Why nothing was found: the rule that leaves nothing at all, else that of what is left nothing can be chosen. */
  nothing(what: string): GatewayError {
    const excluded: Excluded[] = []
    for (const [, offers] of choosable(this.#inquiry.snapshot))
      for (const offer of offers) {
        const objection = objectionTo(offer, this.#question, filtersOfChoice)
        if (objection) excluded.push({ offer, objection })
        else if (can(offer, this.#inquiry.demand)) return nothing(what)
      }
    return excluded.length > 0 ? nothingLeft(this.#inquiry, excluded) : nothing(what)
  }
}

const nothing = (what: string) =>
  new GatewayError(
    "no_endpoints",
    `No ${what} match your request and model restrictions. Allow more (routing.auto.models, the auto-router plugin, the key's list), or name a model.`,
    { param: "model" },
  )

const media = ["vision", "pdf", "audio", "video", "image_output", "audio_output"] as const

/** What nobody knows is taken as a no here: there is a choice, and no need to try. */
function can(offer: LiveOffer, demand: Demand): boolean {
  const { context, maxInput, maxOutput } = offer
  const room = maxInput ?? context
  if (room !== undefined && demand.inputTokens(offer) > room) return false
  if (maxOutput !== undefined && (demand.maxOutputTokens ?? 0) > maxOutput) return false
  if (demand.has("tools") && supports(offer, "tools") === false) return false
  if (demand.has("structured_output") && supports(offer, "structured_outputs") === false) return false
  // Files that an upstream does not read are read by the gateway.
  return media.every((need) => !demand.has(need) || (need === "pdf" ? true : takes(offer, need) === true))
}
