import { GatewayError, type JsonObject, type RouteOpening } from "../../../../contract/index.ts"
import { type Matcher, matcherOf } from "../../../access/patterns.ts"
import type { LiveOffer, Snapshot } from "../../../services.ts"
import { costOf, isFree, knownPrice } from "../../cost.ts"
import type { Demand } from "../../demand/demand.ts"
import { supports, takes } from "../../demand/supports.ts"
import { filtersOfChoice, objectionTo } from "../../filters/filters.ts"
import type { Excluded } from "../../filters/question.ts"
import type { Inquiry } from "../../inquiry.ts"
import { aroundOf, wantedOf } from "../../preferences/layers.ts"
import { RequestQuestion } from "../../request-question.ts"
import { nothingLeft } from "../../told/explain.ts"
import { groupsOf } from "../groups.ts"
import { unit } from "../policies/balance.ts"
import { freeRouter } from "./routers.ts"
import { type Asked, difficultyOf, fit, type Option, type Tier, tierOfPrice, tiers } from "./score.ts"

/** The chosen model, and those that stand in for it. */
const tried = 3

interface Candidate {
  readonly model: string
  /** Those of its offers that may be used and can do what is asked for. */
  readonly offers: readonly LiveOffer[]
}

export interface Routed {
  readonly models: readonly string[]
  readonly notes: readonly string[]
}

/**
 * Chooses models for a request that leaves it to the gateway. The same request gets the same answer, and so does every later turn of its
 * conversation: what is judged is how it began.
 */
export function routeAuto(inquiry: Inquiry, name: string, preferences: readonly JsonObject[]): Routed {
  const { opening, demand } = inquiry
  const asked: Asked = {
    tools: demand.has("tools"),
    media: demand.has("vision") || demand.has("pdf") || demand.has("audio") || demand.has("video"),
    structured: demand.has("structured_output"),
    reasoning: demand.has("reasoning"),
  }
  const able = candidates(inquiry, demand, preferences)
  return name === freeRouter ? free(inquiry, able, opening) : best(inquiry, able, opening, asked)
}

/** Any of those that cost nothing; which one depends on the conversation. */
function free(inquiry: Inquiry, able: readonly Candidate[], opening: RouteOpening): Routed {
  const seed = `${inquiry.principal.keyId}\n${opening.hash}`
  const found = able
    .filter(({ offers }) => offers.some((offer) => isFree(knownPrice(inquiry, offer))))
    .map(({ model }) => ({ model, place: unit(`${seed}\n${model}`) }))
  if (found.length === 0) throw nothing("free models")
  found.sort((left, right) => left.place - right.place)
  return {
    models: found.slice(0, tried).map(({ model }) => `${model}:free`),
    notes: [`${freeRouter}: "${found[0]!.model}", one of ${found.length} that cost nothing`],
  }
}

function best(inquiry: Inquiry, able: readonly Candidate[], opening: RouteOpening, asked: Asked): Routed {
  const wanted = difficultyOf(opening, asked)
  const ceiling = tiers.indexOf((opening.ceiling ?? "max") as Tier)
  const tier = tiers[Math.min(tiers.indexOf(wanted.tier), ceiling)]!
  const ranked = allowed(able, opening)
    .map((candidate) => ({ ...candidate, option: optionOf(inquiry, candidate) }))
    .filter(({ option }) => tiers.indexOf(option.tier) <= ceiling)
    .map((candidate) => ({
      ...candidate,
      score: fit(candidate.option, tier, opening, asked),
      cost: Math.min(...candidate.offers.map((offer) => costOf(inquiry, offer) ?? Number.POSITIVE_INFINITY)),
    }))
    .sort((left, right) => right.score - left.score || left.cost - right.cost || (left.model < right.model ? -1 : 1))
  if (ranked.length === 0) throw nothing("models")
  const because = wanted.reasons.length === 0 ? "nothing special" : wanted.reasons.join(", ")
  return {
    models: ranked.slice(0, tried).map(({ model }) => model),
    notes: [
      `openrouter/auto: "${ranked[0]!.model}" (${ranked[0]!.option.tier}) of ${ranked.length}; wanted ${tier} for ${wanted.points} points: ${because}`,
    ],
  }
}

const nothing = (what: string) =>
  new GatewayError(
    "no_endpoints",
    `No ${what} match your request and model restrictions. Allow more (routing.auto.models, the auto-router plugin, the key's list), or name a model.`,
    { param: "model" },
  )

/** What the plan would leave out is not chosen. Throws where that is all there is. */
function candidates(inquiry: Inquiry, demand: Demand, preferences: readonly JsonObject[]): readonly Candidate[] {
  const wanted = wantedOf(inquiry, aroundOf(inquiry), preferences)
  const question = new RequestQuestion(inquiry, wanted, inquiry.services.now())
  const excluded: Excluded[] = []
  const found: Candidate[] = []
  for (const [model, offers] of choosable(inquiry.snapshot)) {
    const usable = offers.filter((offer) => {
      const objection = objectionTo(offer, question, filtersOfChoice)
      if (objection) excluded.push({ offer, objection })
      return !objection && can(offer, demand)
    })
    if (usable.length > 0) found.push({ model, offers: usable })
  }
  if (found.length === 0 && excluded.length > 0) throw nothingLeft(inquiry, excluded)
  return found
}

/** Models that hold conversations, with their offers; the file's patterns hold for everybody. */
export function* choosable({
  catalog,
  config,
}: Pick<Snapshot, "catalog" | "config">): Iterable<readonly [model: string, offers: readonly LiveOffer[]]> {
  const { models, exclude } = config.routing.auto
  const isChoosable = among(models, exclude)
  for (const [model, offers] of groupsOf(catalog)) {
    const left = offers.filter((offer) => (offer.kind ?? "chat") === "chat" && isChoosable(offer))
    if (left.length > 0) yield [model, left]
  }
}

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

function allowed(able: readonly Candidate[], { allowed, excluded = [] }: RouteOpening): readonly Candidate[] {
  if (!allowed && excluded.length === 0) return able
  const isChoosable = among(allowed, excluded)
  return able.filter(({ offers }) => offers.some(isChoosable))
}

/** What one list names, or everything where there is none, without what the other names. */
function among(allowed: readonly string[] | undefined, excluded: readonly string[]): Matcher {
  const isIn = allowed ? matcherOf(allowed) : () => true
  if (excluded.length === 0) return isIn
  const isOut = matcherOf(excluded)
  return (offer) => isIn(offer) && !isOut(offer)
}

const monthSeconds = 2_629_800

function optionOf(inquiry: Inquiry, { model, offers }: Candidate): Option {
  const { health, now } = inquiry.services
  const at = now()
  const prices = offers.flatMap((offer) => knownPrice(inquiry, offer) ?? [])
  const cheapest = prices.toSorted((left, right) => left.input + left.output - right.input - right.output)[0]
  const [first] = offers
  const traits = first!.traits
  return {
    tier: cheapest ? tierOfPrice(cheapest) : "medium",
    isUnpriced: cheapest === undefined,
    reasons: traits?.reasoning,
    tools: traits?.tools,
    coder: /code|coder|codex|codestral|devstral/i.test(model),
    age: first!.created === undefined ? undefined : (at / 1000 - first!.created) / monthSeconds,
    isDown: offers.every(({ key }) => health.view(key, at).breaker === "open"),
  }
}
