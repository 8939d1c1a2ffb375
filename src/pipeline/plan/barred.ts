import type { Exchange } from "../exchange.ts"
import { guardrails } from "./filters/guardrails.ts"
import { access } from "./filters/named.ts"
import { door } from "./filters/privacy.ts"
import { nothingWanted } from "./preferences/layers.ts"
import { inquiryOf } from "./request-inquiry.ts"
import { RequestQuestion } from "./request-question.ts"
import { nothingLeft } from "./told/explain.ts"
import type { Target } from "./types.ts"

/** For what is answered without asking anybody: throws where the key's lists, its guardrails or the door leave no offer at all. */
export function refuseBarred(exchange: Exchange, targets: readonly Target[]): void {
  const inquiry = inquiryOf(exchange)
  const question = new RequestQuestion(inquiry, nothingWanted, exchange.services.now())
  const offers = targets.flatMap((target) => target.offers)
  const excluded = offers.flatMap((offer) => {
    const objection = access(offer, question) ?? guardrails(offer, question) ?? door(offer, question)
    return objection ? [{ offer, objection }] : []
  })
  if (offers.length > 0 && excluded.length === offers.length) throw nothingLeft(inquiry, excluded)
}
