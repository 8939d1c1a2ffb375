import type { JsonObject, RouteOpening } from "../../../../contract/index.ts"
import type { Matcher } from "../../../access/patterns.ts"
import type { LiveOffer } from "../../../services.ts"
import { isFree, knownPrice } from "../../cost.ts"
import type { Inquiry } from "../../inquiry.ts"
import { unit } from "../policies/balance.ts"
import { among, choosable } from "./choosable.ts"
import { compare, Judge, type Judged } from "./judge.ts"
import { freeRouter } from "./routers.ts"
import { type Asked, difficultyOf, type Tier, tiers } from "./score.ts"
import { Screen } from "./screen.ts"

/** The chosen model, and those that stand in for it. */
const tried = 3

export interface Routed {
  readonly models: readonly string[]
  readonly notes: readonly string[]
}

/**
 * Chooses models for a request that leaves it to the gateway. The same request gets the same answer, and so does every later turn of its
 * conversation: what is judged is how it began.
 */
export function routeAuto(inquiry: Inquiry, name: string, preferences: readonly JsonObject[]): Routed {
  const { opening } = inquiry
  const screen = new Screen(inquiry, preferences)
  return name === freeRouter ? free(inquiry, screen, opening) : best(inquiry, screen, opening)
}

/** Any of those that cost nothing; which one depends on the conversation. */
function free(inquiry: Inquiry, screen: Screen, opening: RouteOpening): Routed {
  const seed = `${inquiry.principal.keyId}\n${opening.hash}`
  const costsNothing = (offer: LiveOffer) => isFree(knownPrice(inquiry, offer))
  const promising = [...choosable(inquiry.snapshot)]
    .filter(([, offers]) => offers.some(costsNothing))
    .map((candidate) => ({ candidate, place: unit(`${seed}\n${candidate[0]}`) }))
    .sort((left, right) => left.place - right.place)
  const models: string[] = []
  for (const { candidate } of promising) {
    if (models.length === tried) break
    if (screen.usable(candidate).some(costsNothing)) models.push(candidate[0])
  }
  if (models.length === 0) throw screen.nothing("free models")
  return {
    models: models.map((model) => `${model}:free`),
    notes: [`${freeRouter}: "${models[0]!}", one of ${promising.length} that cost nothing`],
  }
}

function best(inquiry: Inquiry, screen: Screen, opening: RouteOpening): Routed {
  const { demand } = inquiry
  const asked: Asked = {
    tools: demand.has("tools"),
    media: demand.has("vision") || demand.has("pdf") || demand.has("audio") || demand.has("video"),
    structured: demand.has("structured_output"),
    reasoning: demand.has("reasoning"),
  }
  const wanted = difficultyOf(opening, asked)
  const ceiling = tiers.indexOf((opening.ceiling ?? "max") as Tier)
  const tier = tiers[Math.min(tiers.indexOf(wanted.tier), ceiling)]!
  const judge = new Judge(inquiry, { opening, asked, tier, ceiling })
  const known = [...choosable(inquiry.snapshot)]
  const isChoosable = amongOf(opening)
  let ranked: readonly Judged[] = []
  for (const hope of judge.hopes(known)) {
    // However it turns out, it is not among the best.
    if (ranked.length === tried && compare(ranked.at(-1)!, hope) < 0) break
    if (isChoosable && !hope.offers.some(isChoosable)) continue
    const offers = screen.usable([hope.model, hope.offers])
    if (offers.length === 0 || (isChoosable && !offers.some(isChoosable))) continue
    const found = judge.rank(hope.model, offers)
    if (found) ranked = [...ranked, found].sort(compare).slice(0, tried)
  }
  const [first] = ranked
  if (!first) throw screen.nothing("models")
  const because = wanted.reasons.length === 0 ? "nothing special" : wanted.reasons.join(", ")
  return {
    models: ranked.map(({ model }) => model),
    notes: [
      `openrouter/auto: "${first.model}" (${first.tier}) of ${known.length}; wanted ${tier} for ${wanted.points} points: ${because}`,
    ],
  }
}

/** What the request lets the router choose from; undefined where it does not say. */
function amongOf({ allowed, excluded = [] }: RouteOpening): Matcher | undefined {
  return allowed || excluded.length > 0 ? among(allowed, excluded) : undefined
}
