import type { LiveOffer } from "../../catalog/offers.ts"
import { GatewayError, type JsonObject } from "../../contract/index.ts"
import { noChooser } from "../../pipeline/plan/targets/choose.ts"
import { resolveName } from "../../pipeline/plan/targets/resolve.ts"
import type { Snapshot } from "../../pipeline/services.ts"

interface NamedTarget {
  readonly offers: readonly LiveOffer[]
  readonly preferences: readonly JsonObject[]
}

/** Everything that a name may lead to; nothing where it leads nowhere. */
export function targetsOf(snapshot: Snapshot, name: string): readonly NamedTarget[] {
  try {
    return resolveName({ snapshot, chooser: noChooser }, name).targets
  } catch (thrown) {
    if (GatewayError.is(thrown)) return []
    throw thrown
  }
}
