import { type AbilityName, GatewayError, messageOf } from "../../contract/index.ts"
import type { Exchange } from "../exchange.ts"
import { withoutOnline } from "../search/online.ts"
import type { LiveOffer } from "../services.ts"
import type { PlannedAttempt } from "./types.ts"

/**
 * Which offers to try, in which order: the models as the client, an alias or a policy names them; for each model its providers as
 * configured, or as the named strategy or the client's own `provider.order` wants; upstreams that cool down last.
 */
export function plan(exchange: Exchange): readonly PlannedAttempt[] {
  const { fields, snapshot } = exchange
  const isNamed = fields.model !== undefined || exchange.model !== exchange.requestedModel
  const names = !isNamed && fields.models.length > 0 ? fields.models : [exchange.model, ...fields.models]
  const planned: PlannedAttempt[] = []
  const seen = new Set<string>()
  let unable: LiveOffer | undefined
  for (const name of names) {
    for (const route of snapshot.catalog.resolve(withoutOnline(name, snapshot.catalog))) {
      for (const offer of order(prefer(route.offers, exchange), exchange)) {
        if (seen.has(offer.key)) continue
        seen.add(offer.key)
        if (!isAble(offer, exchange)) {
          unable = offer
          continue
        }
        planned.push({ offer, retries: route.retries ?? 0 })
      }
    }
  }
  if (planned.length === 0) throw unable ? cannot(exchange, unable) : excluded(exchange)
  const kept =
    fields.preferences?.allowFallbacks === false
      ? planned.slice(0, Math.max(1, fields.preferences.order?.length ?? 1))
      : planned
  return coolLast(kept, exchange)
}

/** Whether this model is there for what is asked: a conversation, or one of the abilities. */
function isAble(offer: LiveOffer, exchange: Exchange): boolean {
  const { provider } = offer.live
  const { ability } = exchange
  if (!isMeantFor(offer.kind, ability)) return false
  if (ability === undefined) return offer.wires.length > 0 || provider.chat !== undefined
  const found = provider.abilities?.[ability]
  return found !== undefined && found.serves?.(offer.upstream) !== false
}

/**
 * A model that is declared to be for one thing is for nothing else. What converses may have other gifts, and what makes images may
 * converse about them; there the provider knows.
 */
function isMeantFor(kind: LiveOffer["kind"], ability: AbilityName | undefined): boolean {
  if (kind === undefined || kind === "chat" || ability === "countTokens") return true
  return ability === undefined ? kind === "images" : kind === ability
}

const purposes: Readonly<Record<AbilityName, string>> = {
  embeddings: "make embeddings",
  rerank: "rerank",
  images: "make images",
  speech: "speak",
  transcription: "transcribe",
  countTokens: "count tokens",
}

function cannot(exchange: Exchange, offer: LiveOffer): GatewayError {
  const purpose = exchange.ability === undefined ? "hold a conversation" : purposes[exchange.ability]
  return new GatewayError(
    "no_endpoints",
    `"${exchange.model}" cannot ${purpose} at ${offer.live.name}, nor at any other configured provider of it.`,
    { param: "model" },
  )
}

/** OpenRouter's `provider.only`, `ignore` and `order`; a slug names the configured provider or its kind. */
function prefer(offers: readonly LiveOffer[], exchange: Exchange): readonly LiveOffer[] {
  const preferences = exchange.fields.preferences
  if (!preferences) return offers
  const { only, ignore, order: wanted } = preferences
  const named = (slugs: readonly string[], offer: LiveOffer) => slugs.some((slug) => isCalled(slug, offer))
  const allowed = offers.filter((offer) => (!only || named(only, offer)) && !(ignore && named(ignore, offer)))
  if (!wanted) return allowed
  const rank = (offer: LiveOffer) => {
    const found = wanted.findIndex((slug) => isCalled(slug, offer))
    return found < 0 ? wanted.length : found
  }
  const first = allowed.filter((offer) => preferences.allowFallbacks || rank(offer) < wanted.length)
  return first.sort((left, right) => rank(left) - rank(right))
}

function isCalled(slug: string, offer: LiveOffer): boolean {
  const wanted = slug.toLowerCase()
  return wanted === offer.provider || wanted === offer.live.definition || wanted === offer.live.name.toLowerCase()
}

function order(offers: readonly LiveOffer[], exchange: Exchange): readonly LiveOffer[] {
  const { snapshot, services } = exchange
  const name = snapshot.config.strategy
  const strategy = name === undefined ? undefined : snapshot.roster.strategies.get(name)
  if (!strategy || offers.length < 2 || exchange.fields.preferences?.order) return offers
  const now = services.now()
  const candidates = offers.map((offer) => ({
    offer,
    cooling: services.health.cooling(offer.key, now),
    latencyMs: services.health.latencyMs(offer.key),
    throughput: undefined,
    uptime: undefined,
    cost: undefined,
    inFlight: 0,
    weight: 1,
  }))
  try {
    const ordered = strategy
      .order(candidates, { ...exchange.call, conversation: undefined, random: services.random })
      .map(({ offer }) => offer as LiveOffer)
    // It orders: what it leaves out comes last, what it made up does not come.
    return [...new Set([...ordered.filter((offer) => offers.includes(offer)), ...offers])]
  } catch (thrown) {
    services.log.warn("strategy failed; the configured order is used", { strategy: name, error: messageOf(thrown) })
    return offers
  }
}

/** Stable: healthy first, each group in its own order. A single upstream is tried even while it cools down. */
function coolLast(planned: readonly PlannedAttempt[], exchange: Exchange): readonly PlannedAttempt[] {
  if (planned.length < 2) return planned
  const { health, now } = exchange.services
  const at = now()
  const cooling = planned.filter(({ offer }) => health.cooling(offer.key, at))
  if (cooling.length === 0 || cooling.length === planned.length) return planned
  return [...planned.filter(({ offer }) => !health.cooling(offer.key, at)), ...cooling]
}

function excluded(exchange: Exchange): GatewayError {
  const { only, ignore } = exchange.fields.preferences ?? {}
  const rules = [
    only && `provider.only = ${only.join(", ")}`,
    ignore && `provider.ignore = ${ignore.join(", ")}`,
  ].filter(Boolean)
  return new GatewayError(
    "no_endpoints",
    `Every provider of "${exchange.model}" is excluded by ${rules.join(" and ")}.`,
    { param: "provider" },
  )
}
