import type { RateLimit } from "../../accounts/limits/types.ts"
import type { Config } from "../../config/config.ts"
import { inputTokens, outputTokens, type Usage } from "../../contract/index.ts"
import { type Matcher, matcherOf } from "../access/patterns.ts"
import type { Exchange } from "../exchange.ts"
import type { PlannedAttempt } from "../plan/types.ts"
import { tooFast } from "./refusals.ts"

interface ModelRule {
  readonly matches: Matcher
  readonly name: string
  readonly perKey: boolean
  readonly limits: RateLimit["limits"]
}

const known = new WeakMap<Config["rateLimits"], readonly ModelRule[]>()

/** Read once per configuration. */
function rulesOf(rateLimits: Config["rateLimits"]): readonly ModelRule[] {
  let rules = known.get(rateLimits)
  if (rules === undefined) {
    rules = rateLimits.models.map(({ models, per, rates }) => ({
      matches: matcherOf(models),
      name: models.join(", "),
      perKey: per === "key",
      limits: rates,
    }))
    known.set(rateLimits, rules)
  }
  return rules
}

/** Rates of models that the request may come to: of its first choice, or of one that it would fall back to. */
function ratesOfModels(exchange: Exchange, planned: readonly PlannedAttempt[]): readonly RateLimit[] {
  const { snapshot, inbound } = exchange
  return rulesOf(snapshot.config.rateLimits)
    .filter(({ matches }) => planned.some(({ offer }) => matches(offer)))
    .map(({ name, perKey, limits }) => ({
      counter: perKey ? `model:${name}@${inbound.principal.keyId}` : `model:${name}`,
      scope: "model",
      name,
      limits,
    }))
}

/** Whether anything counts its requests. */
export const isRated = ({ standing, snapshot }: Exchange): boolean =>
  standing.rates.length > 0 || snapshot.config.rateLimits.models.length > 0

/** Counts it in all rates of the key, of what it belongs to, and of the models. Throws the refusal, and then it counts nowhere. */
export function takeTicket(exchange: Exchange, planned: readonly PlannedAttempt[], tokens: number): void {
  const { services, standing, snapshot } = exchange
  const ofModels = snapshot.config.rateLimits.models.length > 0 ? ratesOfModels(exchange, planned) : []
  const rates = ofModels.length > 0 ? [...standing.rates, ...ofModels] : standing.rates
  if (rates.length === 0) return
  const ticket = services.rates.take(rates, tokens, services.now())
  if ("refused" in ticket) throw tooFast(exchange, ticket)
  exchange.ticket = ticket
}

/** It was not let in after all. */
export function giveBack(exchange: Exchange): void {
  if (!exchange.ticket) return
  exchange.services.rates.undo(exchange.ticket)
  exchange.ticket = undefined
}

/** What counts against tokens a minute: all that was written and read, but for what came out of a prompt cache, which costs next to nothing. */
export const ratedTokens = (usage: Usage | undefined): number =>
  usage ? inputTokens(usage) - usage.input.cacheRead + outputTokens(usage) : 0
