import { GatewayError } from "../../contract/index.ts"
import type { Inbound } from "../../pipeline/exchange.ts"
import { readNames } from "../../pipeline/fields.ts"
import { noChooser } from "../../pipeline/plan/targets/choose.ts"
import { resolveName } from "../../pipeline/plan/targets/resolve.ts"
import { isGuess } from "../../pipeline/plan/targets/scope.ts"
import type { Snapshot } from "../../pipeline/services.ts"
import { usualModel } from "../../pipeline/usual-model.ts"
import type { HttpServices } from "../services.ts"

/**
 * Waits until it is known which models there are, where a request names one that cannot be found without it: undefined where it need not.
 * That happens once in the life of a gateway, shortly after its start, and before a request has a snapshot of its own: later it would never
 * see what was loaded.
 */
export function awaitFactsOf(
  services: HttpServices,
  inbound: Pick<Inbound, "body" | "client" | "address" | "principal">,
): undefined | Promise<void> {
  if (services.pipeline.facts.loaded) return undefined
  const { body, client, address, principal } = inbound
  try {
    const standing = services.standings.of(principal)
    const own = principal.routing?.defaultModel ?? standing.usual?.textModel
    const { model = own, models, preset } = readNames(body, client, address)
    if (model !== undefined) return awaitFacts(services, [model, ...models])
    const named = preset === undefined ? models : [`@preset/${preset}`, ...models]
    return awaitFacts(services, named.length === 0 ? [usualModel(standing, services.pipeline.snapshot())] : named)
  } catch (thrown) {
    // What is wrong with a body is said by whoever runs it.
    if (!GatewayError.is(thrown)) throw thrown
    return undefined
  }
}

export function awaitFacts({ pipeline }: HttpServices, names: readonly string[]): undefined | Promise<void> {
  if (pipeline.facts.loaded) return undefined
  const snapshot = pipeline.snapshot()
  return names.every((name) => isKnown(snapshot, name)) ? undefined : pipeline.facts.load()
}

/** Where every provider lists its models nothing is ever loaded, and each request asks for the same few names. */
const known = new WeakMap<Snapshot, Set<string>>()
const mostKnown = 1000

function isKnown(snapshot: Snapshot, name: string): boolean {
  const names = known.get(snapshot) ?? new Set()
  if (names.has(name)) return true
  if (!isFound(snapshot, name)) return false
  if (names.size >= mostKnown) names.clear()
  known.set(snapshot, names.add(name))
  return true
}

/** Leads to offers that somebody knows of, not only to providers that take any name. */
function isFound(snapshot: Snapshot, name: string): boolean {
  try {
    const { targets } = resolveName({ snapshot, chooser: noChooser }, name)
    return targets.length > 0 && targets.every(({ offers }) => offers.some((offer) => !isGuess(offer)))
  } catch (thrown) {
    if (GatewayError.is(thrown)) return false
    throw thrown
  }
}
