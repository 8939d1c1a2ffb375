import type { LiveOffer } from "../../services.ts"
import type { Demand } from "../demand/demand.ts"
import { supports, takes } from "../demand/supports.ts"
import { isGone, roomFor } from "./fit.ts"
import type { Objection, Question } from "./question.ts"

/** Whether an offer does what a request asks for; undefined = nobody knows, which counts as yes. */
interface Wish {
  readonly applies: (demand: Demand) => boolean
  readonly meets: (offer: LiveOffer, demand: Demand, today: string) => boolean | undefined
  readonly detail: string
}

const takesParameter = (parameter: string): Wish => ({
  applies: (demand) => demand.parameters.includes(parameter),
  meets: (offer) => supports(offer, parameter),
  detail: `does not take ${parameter}, as others of the model do`,
})

/** In order of weight: a wish that would leave nothing is dropped, for this request's losses to tell (openrouter.ai/docs, provider routing). */
const wishes: readonly Wish[] = [
  {
    applies: () => true,
    meets: (offer, _demand, today) => offer.shutdown === undefined || !isGone(offer, today),
    detail: "is said to have been shut down, unlike others of the model",
  },
  {
    applies: () => true,
    meets: (offer, demand) => {
      const room = roomFor(offer)
      return room === undefined ? undefined : demand.inputTokens(offer) <= room
    },
    detail: "has too little room for the input, which others of the model have",
  },
  ...["tools", "structured_outputs", "response_format", "reasoning", "verbosity", "logprobs"].map(takesParameter),
  {
    applies: (demand) => demand.maxOutputTokens !== undefined,
    meets: (offer, demand) => hasRoomToWrite(offer, demand, demand.maxOutputTokens!),
    detail: "cannot write as much as is asked for, as others of the model can",
  },
  {
    applies: (demand) => demand.has("pdf"),
    meets: (offer) => takes(offer, "pdf"),
    detail: "does not read files itself, as others of the model do",
  },
]

/** Of one model's offers those that do what is asked for, where some are known not to; the rest with the reason. */
export function betterOf(
  offers: readonly LiveOffer[],
  { demand, today }: Pick<Question, "demand" | "today">,
  exclude: (offer: LiveOffer, objection: Objection) => void,
): readonly LiveOffer[] {
  if (offers.length < 2) return offers
  let kept = offers
  for (const { applies, meets, detail } of wishes) {
    if (!applies(demand) || !kept.some((offer) => meets(offer, demand, today) === false)) continue
    const able = kept.filter((offer) => meets(offer, demand, today) !== false)
    if (able.length === 0) continue
    for (const offer of kept) if (!able.includes(offer)) exclude(offer, { constraint: "preference", detail })
    kept = able
  }
  return kept
}

const hasRoomToWrite = (offer: LiveOffer, demand: Demand, tokens: number): boolean =>
  (offer.maxOutput === undefined || offer.maxOutput >= tokens) &&
  (offer.context === undefined || offer.context >= demand.inputTokens(offer) + tokens)
