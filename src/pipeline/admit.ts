import type { BudgetSnapshot } from "../accounts/shared-budgets.ts"
import { GatewayError, type Price } from "../contract/index.ts"
import { affordableOutputTokens, usd, type WorstCase, worstCaseNano } from "../ledger/money.ts"
import type { OutputCap } from "./attempt/running.ts"
import type { Try } from "./attempt/try.ts"
import { wantsAutoCache } from "./auto-cache.ts"
import type { Exchange } from "./exchange.ts"
import type { PlannedAttempt } from "./plan/types.ts"
import type { Measured, OfferPrice, Principal } from "./services.ts"

/** An answer shorter than this is not worth a call, and some APIs take no smaller limit: so much is held even where less is asked for. */
export const shortestAnswerTokens = 16
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

function holdWorst(exchange: Exchange, planned: readonly PlannedAttempt[], prices: readonly OfferPrice[]): void {
  const { services, inbound } = exchange
  const now = services.now()
  const available = services.budgets.available(inbound.principal, now)
  const { toHold, cap } = worstOf(exchange, exchange, planned, prices, available)
  if (toHold === 0) return
  const share = Math.min(toHold, available)
  // A second attempt is an extra: where the budget does not pay for it, the first one has to do.
  exchange.paysOnce = cap !== undefined || share * 2 > available
  const mayRace = exchange.plan?.hedgeMs !== undefined && !exchange.paysOnce
  const hold = services.budgets.hold(inbound.principal, mayRace ? share * 2 : share, now)
  if (!hold) throw refusal(exchange, toHold)
  exchange.hold = hold
  exchange.shareNano = share
  exchange.cap = cap
}

/** The same for what an attempt turned out to send, which may be longer than what came in. Throws when the key cannot pay for that. */
export async function holdAgain(current: Try): Promise<void> {
  const { exchange, offer } = current
  if (!exchange.hold) return
  const price = await exchange.services.priceOf(offer)
  // What others may still cost, or have cost.
  const others = Math.max(exchange.hold.nano - current.shareNano, exchange.costNano)
  const spent = current.start.continues?.spentTokens ?? 0
  // From here on without a wait: nobody takes the money in between.
  holdAnew(exchange, others, (available) => {
    const { toHold, cap } = worstOf(exchange, current.measured, [{ offer, retries: 0 }], [price], available, spent)
    current.cap = cap
    current.shareNano = toHold
    return toHold
  })
}

/** For an attempt after an answer that broke off, which is paid for as well: what it may cost, with what was said already as its input. */
export async function holdForMore(current: Try): Promise<void> {
  const { exchange, offer, measured, start } = current
  if (!exchange.hold) return
  exchange.services.estimateInput(measured, offer.key)
  const { characters = 0, mediaTokens = 0 } = measured.size ?? {}
  const said = start.continues?.text.length ?? 0
  current.measured = { inbound: exchange.inbound, size: { characters: characters + said, mediaTokens } }
  await holdAgain(current)
}

/** Puts another hold in the place of the one there is: what other attempts may cost, and what `more` makes of the rest. */
export function holdAnew(exchange: Exchange, othersNano: number, more: (available: number) => number): void {
  const { services, inbound, hold } = exchange
  const { budgets } = services
  const now = services.now()
  if (hold) budgets.release(hold)
  const available = budgets.available(inbound.principal, now) - othersNano
  let wanted = 0
  try {
    wanted = Math.min(more(available), Math.max(0, available))
  } finally {
    const nano = othersNano + wanted
    exchange.hold = nano > 0 ? budgets.hold(inbound.principal, nano, now) : undefined
  }
}

/** What an attempt may cost at the dearest of these offers, and the output limit with which that can be paid. Throws where a short answer cannot. */
export function worstOf(
  exchange: Exchange,
  measured: Measured,
  planned: readonly PlannedAttempt[],
  prices: readonly OfferPrice[],
  available: number,
  /** Output tokens that the answer took already. */
  spent = 0,
): { readonly toHold: number; readonly cap: OutputCap | undefined } {
  const { services, asked } = exchange
  const cacheWrites = mayWriteCache(exchange)
  // The gateway searches once; a vendor that is given no limit does so as a rule.
  const searches = exchange.search ? (exchange.search.maxUses ?? 1) : 0
  let toHold = 0
  let cap = Number.POSITIVE_INFINITY
  planned.forEach(({ offer }, index) => {
    const price = prices[index]?.price
    if (!price) return
    const worst: WorstCase = {
      inputTokens: services.estimateInput(measured, offer.key),
      cacheWrites,
      searches,
      ...mediaOf(exchange, price),
    }
    const asMuch = (asked.maxOutputTokens ?? offer.maxOutput ?? unknownMaxOutput) - spent
    const limit = Math.max(asMuch, shortestAnswerTokens)
    const wanted = limit * asked.choices
    const affordable = Math.min(wanted, affordableOutputTokens(price, worst, available))
    if (affordable < Math.min(wanted, shortestAnswerTokens)) {
      throw refusal(exchange, worstCaseNano(price, worst, shortestAnswerTokens))
    }
    cap = Math.min(cap, affordable)
    toHold = Math.max(toHold, worstCaseNano(price, worst, affordable))
  })
  return { toHold, cap: toHold === 0 ? undefined : limitOutput(exchange, planned, cap) }
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
function limitOutput(exchange: Exchange, planned: readonly PlannedAttempt[], cap: number): OutputCap | undefined {
  const { asked, fields } = exchange
  const perChoice = Math.floor(cap / asked.choices)
  const wanted = asked.maxOutputTokens ?? largestKnown(planned)
  if (wanted !== undefined && perChoice >= wanted) return undefined
  const reason = `the key's budget pays for ${perChoice} output tokens`
  return {
    tokens: perChoice,
    loss: { path: fields.outputField, action: "clamped", code: "budget_clamped", reason },
  }
}

function largestKnown(planned: readonly PlannedAttempt[]): number | undefined {
  const limits = planned.map(({ offer }) => offer.maxOutput)
  return limits.every((limit) => limit !== undefined) ? Math.max(...limits) : undefined
}

/** Why a key cannot pay, with what is left and when that changes. */
export function refusal({ services, inbound }: Exchange, neededNano: number, what?: string): GatewayError {
  const { principal } = inbound
  return limitReached(principal, services.budgets.snapshot(principal, services.now()), neededNano, what)
}

export function limitReached(
  { name, limitNano = 0 }: Pick<Principal, "name" | "limitNano">,
  { remainingNano = 0, resetsAtMs }: BudgetSnapshot,
  neededNano: number,
  what = "even a short answer",
): GatewayError {
  const left = usd(Math.max(0, remainingNano))
  const when =
    resetsAtMs === undefined ? "The limit does not reset." : `It resets at ${new Date(resetsAtMs).toISOString()}.`
  return new GatewayError(
    "spend_limit_reached",
    `The key "${name}" has ${left} USD left of ${usd(limitNano)} USD; ${what} may cost ${usd(neededNano)} USD. ${when}`,
  )
}
