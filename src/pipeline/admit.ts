import { GatewayError, type Price } from "../contract/index.ts"
import { affordableOutputTokens, usd, type WorstCase, worstCaseNano } from "../ledger/money.ts"
import { wantsAutoCache } from "./auto-cache.ts"
import type { Exchange } from "./exchange.ts"
import type { PlannedAttempt } from "./plan/types.ts"
import type { LiveOffer, OfferPrice } from "./services.ts"

/** An answer shorter than this is not worth a call, and some APIs take no smaller limit: so much is held even where less is asked for. */
const shortestAnswerTokens = 16
/** Assumed largest answer of a model nobody knows the limit of. */
const unknownMaxOutput = 16_384

/**
 * May this key pay for this request? Holds the worst case (estimated input plus the output limit at the dearest offer of the plan)
 * before anything is sent. Where what is left pays for less, the output limit shrinks to that; where it does not pay for a short
 * answer, the request is refused. A key without a limit holds nothing.
 */
export function admit(exchange: Exchange, planned: readonly PlannedAttempt[]): undefined | Promise<void> {
  if (exchange.inbound.principal.limitNano === undefined) return undefined
  const prices = planned.map(({ offer }) => exchange.services.priceOf(offer))
  if (prices.some((price) => price instanceof Promise)) {
    return Promise.all(prices).then((known) => holdWorst(exchange, planned, known))
  }
  holdWorst(exchange, planned, prices as OfferPrice[])
  return undefined
}

/** The same for what an attempt turned out to send, which may be longer than what came in. Throws when the key cannot pay for that. */
export async function holdAgain(exchange: Exchange, offer: LiveOffer): Promise<void> {
  if (!exchange.hold) return
  const price = await exchange.services.priceOf(offer)
  // From here on without a wait: nobody takes the money in between.
  exchange.services.budgets.release(exchange.hold)
  exchange.hold = undefined
  exchange.outputCap = undefined
  for (const losses of [exchange.ownLosses, exchange.losses]) {
    const at = losses.findIndex(({ code }) => code === "budget_clamped")
    if (at >= 0) losses.splice(at, 1)
  }
  holdWorst(exchange, [{ offer, retries: 0 }], [price])
  for (const loss of exchange.ownLosses) exchange.lose(loss)
}

function holdWorst(exchange: Exchange, planned: readonly PlannedAttempt[], prices: readonly OfferPrice[]): void {
  const { services, inbound, asked } = exchange
  const now = services.now()
  const available = services.budgets.available(inbound.principal, now)
  const cacheWrites = mayWriteCache(exchange)
  // The gateway searches once; a vendor that is given no limit does so as a rule.
  const searches = exchange.search ? (exchange.search.maxUses ?? 1) : 0
  let toHold = 0
  let cap = Number.POSITIVE_INFINITY
  planned.forEach(({ offer }, index) => {
    const price = prices[index]?.price
    if (!price) return
    const worst: WorstCase = {
      inputTokens: services.estimateInput(exchange, offer.key),
      cacheWrites,
      searches,
      ...mediaOf(exchange, price),
    }
    const limit = Math.max(asked.maxOutputTokens ?? offer.maxOutput ?? unknownMaxOutput, shortestAnswerTokens)
    const wanted = limit * asked.choices
    const affordable = Math.min(wanted, affordableOutputTokens(price, worst, available))
    if (affordable < Math.min(wanted, shortestAnswerTokens)) {
      throw refusal(exchange, worstCaseNano(price, worst, shortestAnswerTokens))
    }
    cap = Math.min(cap, affordable)
    toHold = Math.max(toHold, worstCaseNano(price, worst, affordable))
  })
  if (toHold === 0) return
  const hold = services.budgets.hold(inbound.principal, Math.min(toHold, available), now)
  if (!hold) throw refusal(exchange, toHold)
  exchange.hold = hold
  limitOutput(exchange, planned, cap)
}

/** Without its first quote: ordinary text is full of quotes, and a search that begins with one takes seven times as long. */
const breakpoint = /cache_(?:control|breakpoint)"/

/** Writing a prompt cache costs more than fresh input; only a request that asks for it can be billed so. What plugins made is not searched. */
const mayWriteCache = (exchange: Exchange): boolean => {
  const { inbound, asked } = exchange
  return asked.transformed || wantsAutoCache(exchange) || breakpoint.test(inbound.body)
}

/** How the formats name pictures, sound and files, and how they ask for them in the answer. */
const mediaIn =
  /"(?:image|image_url|input_image|input_audio|audio|document|file|input_file|inline_?[dD]ata|file_?[dD]ata)"/
const mediaOut = /"(?:modalities|response_?[mM]odalities|image_generation)"/

/** Looked for only where it makes a difference: most models have one price for all that they read or write. */
const mediaOf = ({ inbound, asked }: Exchange, price: Price): Pick<WorstCase, "mediaInput" | "mediaOutput"> => {
  const hasInput = price.audioInput !== undefined || price.imageInput !== undefined
  const hasOutput = price.audioOutput !== undefined || price.imageOutput !== undefined
  return {
    mediaInput: hasInput && (asked.transformed || mediaIn.test(inbound.body)),
    mediaOutput: hasOutput && (asked.transformed || mediaOut.test(inbound.body)),
  }
}

/** The limit that goes upstream: what is held for must be what can be spent, also when the client named no limit. */
function limitOutput(exchange: Exchange, planned: readonly PlannedAttempt[], cap: number): void {
  const { asked } = exchange
  const perChoice = Math.floor(cap / asked.choices)
  const wanted = asked.maxOutputTokens ?? largestKnown(planned)
  if (wanted !== undefined && perChoice >= wanted) return
  exchange.outputCap = perChoice
  exchange.ownLosses.push({
    path: exchange.fields.outputField,
    action: "clamped",
    code: "budget_clamped",
    reason: `the key's budget pays for ${perChoice} output tokens`,
  })
}

function largestKnown(planned: readonly PlannedAttempt[]): number | undefined {
  const limits = planned.map(({ offer }) => offer.maxOutput)
  return limits.every((limit) => limit !== undefined) ? Math.max(...limits) : undefined
}

/** Why a key cannot pay, with what is left and when that changes. */
export function refusal(exchange: Exchange, neededNano: number, what = "even a short answer"): GatewayError {
  const { services, inbound } = exchange
  const state = services.budgets.snapshot(inbound.principal, services.now())
  const left = usd(Math.max(0, state.remainingNano ?? 0))
  const when =
    state.resetsAtMs === undefined
      ? "The limit does not reset."
      : `It resets at ${new Date(state.resetsAtMs).toISOString()}.`
  return new GatewayError(
    "spend_limit_reached",
    `The key "${inbound.principal.name}" has ${left} USD left of ${usd(inbound.principal.limitNano ?? 0)} USD; ${what} may cost ${usd(neededNano)} USD. ${when}`,
  )
}
