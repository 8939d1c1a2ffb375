import { GatewayError } from "../../contract/index.ts"
import type { Inbound } from "../../pipeline/exchange.ts"
import { readFields } from "../../pipeline/fields.ts"
import { noChooser } from "../../pipeline/plan/targets/choose.ts"
import { resolveName } from "../../pipeline/plan/targets/resolve.ts"
import { isGuess } from "../../pipeline/plan/targets/scope.ts"
import type { Snapshot } from "../../pipeline/services.ts"
import type { HttpServices } from "../services.ts"

/**
 * Waits until it is known which models there are, where a request names one that cannot be found without it. That happens once in the
 * life of a gateway, shortly after its start, and before a request has a snapshot of its own: later it would never see what was loaded.
 */
export async function awaitFactsOf(services: HttpServices, inbound: Inbound): Promise<void> {
  if (services.pipeline.facts.loaded) return
  const { body, client, address, principal } = inbound
  try {
    const { model = principal.routing?.defaultModel, models } = readFields(body, client, undefined, address)
    await awaitFacts(services, model === undefined ? models : [model, ...models])
  } catch (thrown) {
    // What is wrong with a body is said by whoever runs it.
    if (!GatewayError.is(thrown)) throw thrown
  }
}

export async function awaitFacts({ pipeline }: HttpServices, names: readonly string[]): Promise<void> {
  if (pipeline.facts.loaded || names.every((name) => isFound(pipeline.snapshot(), name))) return
  await pipeline.facts.load()
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
