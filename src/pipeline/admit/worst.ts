import type { Price } from "../../contract/index.ts"
import { affordableOutputTokens, type WorstCase, worstCaseNano } from "../../ledger/money.ts"
import type { OutputCap } from "../attempt/running.ts"
import { wantsAutoCache } from "../auto-cache.ts"
import type { Exchange } from "../exchange.ts"
import type { PlannedAttempt } from "../plan/types.ts"
import type { LiveOffer, Measured, OfferPrice } from "../services.ts"
import { ampleFor, nextPiece, type Piece, sharedOut, shortestAnswerTokens } from "./pieces.ts"
import { noMoney } from "./refusals.ts"

/** Assumed largest answer of a model nobody knows the limit of. */
const unknownMaxOutput = 16_384

/** What an attempt needs to have set aside. */
export interface Needed {
  readonly toHold: number
  /** The output limit with which that is enough; undefined = the client's own. */
  readonly cap: OutputCap | undefined
  /** Only so much of the answer is held for; undefined = all of it. */
  readonly piece: Piece | undefined
}

/**
 * What an attempt may cost at the dearest of these offers: all of it, where what is left pays for that and as much again, otherwise a first
 * piece of it. What is left and does not pay for all of it lowers the output limit. Throws where it does not pay for a short answer.
 */
export function neededFor(
  exchange: Exchange,
  measured: Measured,
  planned: readonly PlannedAttempt[],
  prices: readonly OfferPrice[],
  available: number,
  /** Output tokens that the answer took already. */
  spent = 0,
): Needed {
  const { asked } = exchange
  let wholeNano = 0
  let mostWanted = 0
  /** What one of them can be paid for, and all of them. */
  let most = 0
  let least = Number.POSITIVE_INFINITY
  /** The output limit that must be named; Infinity = none. */
  let cap = Number.POSITIVE_INFINITY
  const priced: Priced[] = []
  for (const [index, { offer }] of planned.entries()) {
    const price = prices[index]?.price
    if (!price) continue
    const worst = worstCaseOf(exchange, measured, offer, price)
    const asMuch = (asked.maxOutputTokens ?? offer.maxOutput ?? unknownMaxOutput) - spent
    const wanted = Math.max(asMuch, shortestAnswerTokens) * asked.choices
    let affordable = wanted
    let nano = worstCaseNano(price, worst, wanted)
    if (nano > available) {
      affordable = affordableOutputTokens(price, worst, available)
      if (affordable < shortestAnswerTokens) throw noMoney(exchange, worstCaseNano(price, worst, shortestAnswerTokens))
      nano = worstCaseNano(price, worst, affordable)
    }
    least = Math.min(least, affordable)
    most = Math.max(most, affordable)
    if (affordable < wanted || (asked.maxOutputTokens ?? offer.maxOutput) === undefined) cap = Math.min(cap, affordable)
    mostWanted = Math.max(mostWanted, wanted)
    wholeNano = Math.max(wholeNano, nano)
    priced.push({ price, worst, wanted })
  }
  if (wholeNano === 0) return { toHold: 0, cap: undefined, piece: undefined }
  const whole = (tokens: number): Needed => ({
    // Nearly always nothing is shortened, and this runs for every request.
    toHold: tokens >= most ? wholeNano : costOf(priced, tokens),
    cap: limitOutput(exchange, planned, tokens),
    piece: undefined,
  })
  if (wholeNano <= ampleFor(available)) return whole(cap)
  // What cannot be watched cannot be cut either, nor what others wait for who can pay: where nobody named a length, it is limited to its share.
  const isWatched = canStream(exchange) && !exchange.flight && !planned.some(({ offer }) => mayThink(exchange, offer))
  if (!isWatched) return whole(asked.maxOutputTokens === undefined ? sharedOut(least) : cap)
  const tokens = nextPiece(least)
  const longest = Math.min(mostWanted, reachable(exchange, priced))
  return {
    toHold: costOf(priced, tokens),
    cap: limitOutput(exchange, planned, longest),
    piece: tokens < longest ? { tokens, mostTokens: longest } : undefined,
  }
}

interface Priced {
  readonly price: Price
  readonly worst: WorstCase
  /** Output tokens that it was asked for, or has as its own limit. */
  readonly wanted: number
}

const costOf = (priced: readonly Priced[], tokens: number): number =>
  Math.max(...priced.map(({ price, worst, wanted }) => worstCaseNano(price, worst, Math.min(tokens, wanted))))

/** How long an answer may become that is paid for piece by piece: what others hold may be free again by then. */
function reachable({ services, payer }: Exchange, priced: readonly Priced[]): number {
  const unspent = services.budgets.unspent(payer, services.now())
  return Math.min(...priced.map(({ price, worst }) => affordableOutputTokens(price, worst, unspent)))
}

/** How the formats ask for reasoning. */
const thinking = /"(?:reasoning|reasoning_effort|thinking|thinking_?[cC]onfig)"/

/**
 * Whether an answer may hold thoughts: most vendors bill them and show none, or a summary, so that what passes says little of what it will
 * cost. They are part of the output limit that the upstream is given.
 */
function mayThink({ inbound }: Exchange, { traits, reasoning }: LiveOffer): boolean {
  if (traits?.reasoning === false) return false
  if (reasoning ? reasoning.mandatory === true || reasoning.byDefault === true : traits?.reasoning === true) return true
  return thinking.test(inbound.body)
}

/** What of a request decides how much it can cost, but for the length of its answer. */
export function worstCaseOf(exchange: Exchange, measured: Measured, offer: LiveOffer, price: Price): WorstCase {
  return {
    inputTokens: exchange.services.estimateInput(measured, offer.key),
    cacheWrites: mayWriteCache(exchange),
    // The gateway searches once; a vendor that is given no limit does so as a rule.
    searches: exchange.search ? (exchange.search.maxUses ?? 1) : 0,
    ...mediaOf(exchange, price),
  }
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

/** Whether its upstream can be asked for a stream, though its client wants the answer whole: sound has other formats there. */
const canStream = ({ inbound, fields }: Exchange): boolean => fields.stream || !mediaOut.test(inbound.body)

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
  if (cap === Number.POSITIVE_INFINITY) return undefined
  const perChoice = Math.floor(cap / asked.choices)
  const wanted = asked.maxOutputTokens ?? largestKnown(planned)
  if (wanted !== undefined && perChoice >= wanted) return undefined
  const reason = `the budget pays for ${perChoice} output tokens`
  return {
    tokens: perChoice,
    loss: { path: fields.outputField, action: "clamped", code: "budget_clamped", reason },
  }
}

function largestKnown(planned: readonly PlannedAttempt[]): number | undefined {
  const limits = planned.map(({ offer }) => offer.maxOutput)
  return limits.every((limit) => limit !== undefined) ? Math.max(...limits) : undefined
}
