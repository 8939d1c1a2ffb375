import { nearestNames } from "../../../catalog/names.ts"
import type { Policy } from "../../../config/config.ts"
import { GatewayError, isObject, type JsonObject } from "../../../contract/index.ts"
import type { LiveOffer } from "../../services.ts"
import { isRouter } from "./auto/routers.ts"
import { guessAtProvider, managedOffers, widened } from "./managed.ts"
import { lastTail, type Reading, readings } from "./reference.ts"
import {
  type Found,
  findPreset,
  knownOffers,
  own,
  type Resolved,
  type Scope,
  type Step,
  start,
  type Way,
} from "./scope.ts"
import { batchSuffix, effectOf, knownSuffixes } from "./suffixes.ts"
import type { Wish } from "./wish.ts"

/** What a name leads to. Throws `model_not_found` with the nearest names, or the known suffixes. */
export function resolveName(scope: Scope, name: string, way: Way = start): Resolved {
  return lookUp(scope, name, way) ?? refuse(scope, name)
}

function lookUp(scope: Scope, name: string, way: Way): Resolved | undefined {
  const { catalog } = scope.snapshot
  // Most names are a model's own, with nothing behind it.
  const declared = followDeclared(scope, name, way)
  if (declared) return declared
  const exact = knownOffers(catalog, name)
  if (exact.length > 0) return { targets: [targetOf(widened(scope.snapshot, name, exact), way)], notes: [] }
  const read = readings(name)
  for (const reading of read) {
    const found = follow(scope, reading, way)
    if (found) return withEffects(found, reading)
  }
  // Nobody knows the name; providers that take any are given it without what the gateway itself understands.
  const last = read.at(-1)!
  const bare = last.suffixes.includes("free") || last.preset !== undefined ? read[0]! : last
  const taken = catalog.find(bare.base)
  const guessed = taken.length > 0 ? taken : guessAtProvider(catalog, bare.base)
  return guessed.length > 0 ? withEffects({ targets: [targetOf(guessed, way)], notes: [] }, bare) : undefined
}

/** One reading of a name, by all that is known of names. */
function follow(scope: Scope, reading: Reading, way: Way): Resolved | undefined {
  const { base, preset } = reading
  if (preset !== undefined) return followPreset(scope, reading, way)
  const declared = followDeclared(scope, base, way)
  if (declared) return declared
  const exact = knownOffers(scope.snapshot.catalog, base)
  if (exact.length > 0) return { targets: [targetOf(widened(scope.snapshot, base, exact), way)], notes: [] }
  if (isRouter(base)) return routed(scope, reading, way)
  const managed = managedOffers(scope.snapshot, base)
  if (!managed) return undefined
  return { targets: [targetOf(managed.offers, way)], notes: managed.note === undefined ? [] : [managed.note] }
}

function followDeclared(scope: Scope, name: string, way: Way): Resolved | undefined {
  const { aliases, policies } = scope.snapshot.catalog
  const policy = own(policies, name)
  if (policy) return followPolicy(scope, name, policy, through(way, name))
  const alias = own(aliases, name)
  if (alias === undefined) return undefined
  const { notes, ...found } = resolveName(scope, alias, through(way, name))
  return { ...found, notes: [`alias "${name}" → "${alias}"`, ...notes] }
}

function through(way: Way, name: string): Way {
  if (!way.through.includes(name)) return { ...way, through: [...way.through, name] }
  throw new GatewayError("model_not_found", `"${name}" leads in a circle: ${[...way.through, name].join(" → ")}.`, {
    param: "model",
  })
}

/**
 * What a policy is about holds among the providers of one model as well, unless it is told otherwise; the cheapest one that can take the
 * request is looked for among all that the steps lead to.
 */
const aims: Partial<Record<Policy["kind"], JsonObject>> = {
  latency: { sort: "latency" },
  cost: { sort: { by: "price", partition: "none" } },
}

/** Steps that lead nowhere are left out, as members that cannot take a request are (docs.requesty.ai, fallback policies). */
function followPolicy(scope: Scope, name: string, policy: Policy, way: Way): Resolved {
  const steps: Step[] = []
  const notes: string[] = []
  for (const { model, retries, weight, provider } of policy.steps) {
    const preferences = [aims[policy.kind], policy.provider, provider].filter((said) => said !== undefined)
    const next: Way = {
      preferences: preferences.length === 0 ? way.preferences : [...way.preferences, ...preferences],
      retries: Math.max(retries, way.retries),
      weight: way.weight * weight,
      through: way.through,
    }
    const resolved = stepOf(scope, model, next)
    if (typeof resolved === "string") notes.push(`${name}: ${resolved}; this step is left out`)
    else steps.push({ model, weight, resolved })
  }
  if (steps.length === 0)
    throw new GatewayError("model_not_found", `No step of "${name}" leads to a model. ${notes.join(". ")}.`, {
      param: "model",
    })
  const arranged = scope.chooser.arrange(name, policy, steps)
  if (arranged.note !== undefined) notes.push(`${name}: ${arranged.note}`)
  return joined(arranged.steps, notes, policy)
}

/** What a step leads to, or why to nothing. Names that look like it are not looked for: this runs for every request. */
function stepOf(scope: Scope, model: string, way: Way): Resolved | string {
  try {
    return lookUp(scope, model, way) ?? `No provider offers the model "${model}"`
  } catch (thrown) {
    if (GatewayError.is(thrown)) return thrown.message.replace(/\.$/, "")
    throw thrown
  }
}

/** What the outermost policy says about time and breaks goes before what those inside of it say. */
function joined(steps: readonly Step[], notes: readonly string[], policy: Policy): Resolved {
  const hedgeMs = policy.hedgeMs ?? steps.find(({ resolved }) => resolved.hedgeMs !== undefined)?.resolved.hedgeMs
  const streamRecovery =
    policy.streamRecovery ?? steps.find(({ resolved }) => resolved.streamRecovery)?.resolved.streamRecovery
  return {
    targets: steps.flatMap(({ resolved }) => resolved.targets),
    notes: [...notes, ...steps.flatMap(({ resolved }) => resolved.notes)],
    ...(hedgeMs === undefined ? {} : { hedgeMs }),
    ...(streamRecovery === undefined ? {} : { streamRecovery }),
  }
}

/**
 * A preset among the fallbacks, in a policy or behind an alias: its model and provider preferences count there. What it says of the
 * request itself was laid under the body already where the request named it (`presets/`).
 */
function followPreset(scope: Scope, { base, preset }: Reading, way: Way): Resolved | undefined {
  const named = preset === undefined ? undefined : findPreset(scope.snapshot, preset)
  if (!named) return undefined
  const { model, provider } = named.parameters
  const target = isTail(base) ? typeof model === "string" && `${model}${base}` : base
  if (!target) return undefined
  const next = through(way, `@preset/${preset}`)
  return resolveName(
    scope,
    target,
    isObject(provider) ? { ...next, preferences: [...way.preferences, provider] } : next,
  )
}

/** Nothing in front of the preset: the preset's own model is meant. */
export const isTail = (base: string): boolean => base === "" || base.startsWith(":") || base.startsWith("@")

/** What stands behind a router's name is about what it may choose, and is asked of it again with the rest. */
function routed(scope: Scope, reading: Reading, way: Way): Resolved {
  const { base: name } = reading
  const { models, notes } = scope.chooser.route(name, [...way.preferences, ...preferencesOf(reading)])
  const found = models.map((model) => resolveName(scope, model, through(way, name)))
  return { targets: found.flatMap(({ targets }) => targets), notes: [...notes, ...found.flatMap((one) => one.notes)] }
}

const targetOf = (offers: readonly LiveOffer[], { preferences, retries, weight }: Way): Found => ({
  model: offers[0]!.model,
  offers,
  retries,
  preferences,
  weight,
})

/** What a name asks of providers. */
function preferencesOf({ suffixes, region }: Reading): readonly JsonObject[] {
  const said = suffixes.map((suffix) => effectOf(suffix).preferences).filter((one) => one !== undefined)
  return region === undefined ? said : [...said, { region }]
}

/** What stands behind a name holds for all that the name leads to. */
function withEffects(found: Resolved, reading: Reading): Resolved {
  const { suffixes, region } = reading
  if (suffixes.length === 0 && region === undefined) return found
  const effects = suffixes.map(effectOf)
  const said = preferencesOf(reading)
  const wished = effects.flatMap(({ wish }) => wish ?? [])
  const wish: Wish | undefined = wished.length === 0 ? undefined : Object.assign({}, ...wished)
  const tiers = effects.flatMap(({ tier }) => tier ?? [])
  const notes = [...found.notes]
  const targets = found.targets.map((target): Found => {
    let { offers } = target
    for (const [index, { keep }] of effects.entries()) {
      if (!keep) continue
      const kept = keep(offers)
      const left = offers.filter((offer) => !kept.includes(offer)).map(({ key }) => key)
      if (left.length > 0) notes.push(`":${suffixes[index]}" leaves out ${left.join(", ")}`)
      offers = kept
    }
    // What is said closest to the request counts: the name that a client writes goes before what a policy's step says.
    const asked = wish || target.wish ? { ...target.wish, ...wish } : undefined
    return {
      ...target,
      offers,
      preferences: said.length === 0 ? target.preferences : [...target.preferences, ...said],
      ...(asked ? { wish: asked } : {}),
      ...(tiers.length === 0 ? {} : { tiers }),
    }
  })
  return { ...found, targets, notes }
}

function refuse({ snapshot }: Scope, name: string): never {
  const tail = lastTail(name)
  if (tail && snapshot.catalog.find(tail.rest).length > 0)
    throw new GatewayError(
      "model_not_found",
      `"${tail.rest}" is known, but "${tail.mark}${tail.word}" is nothing that can stand behind it. Known are ${knownSuffixes.join(", ")}, and a region such as @eu, @us or @europe-west1.`,
      { param: "model" },
    )
  const near = nearestNames(name, snapshot.catalog.names())
  const hint =
    near.length > 0
      ? ` Did you mean ${near.map((other) => `"${other}"`).join(" or ")}?`
      : " The list of models says what there is."
  throw new GatewayError("model_not_found", `No provider offers the model "${name}".${hint}`, { param: "model" })
}

/** Throws where a name asks for OpenRouter's batch API. */
export function refuseBatch(name: string): void {
  const last = readings(name).at(-1)!
  if (last.suffixes.includes(batchSuffix))
    throw new GatewayError(
      "invalid_request",
      `"${name}" names a model of a batch API, which this gateway does not have. Leave ":${batchSuffix}" out; ":floor" asks the cheapest provider.`,
      { param: "model" },
    )
}
