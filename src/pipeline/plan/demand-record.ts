import type { RouteDemand } from "../../contract/index.ts"
import type { LiveOffer } from "../services.ts"
import type { Inquiry } from "./inquiry.ts"
import { type Need, needs } from "./needs.ts"

/** Counts as text alone is counted. */
const nobody = { key: "" }

/** What a request demands as it is written down: enough to plan it again, and none of its text. */
export function demandRecord(inquiry: Inquiry, offer: LiveOffer | undefined): RouteDemand {
  const { demand, preferences, door, preset, search, judgedBy } = inquiry
  const { ability, maxOutputTokens } = demand
  return {
    models: inquiry.names,
    ...(inquiry.isDefault ? { isDefault: true } : {}),
    needs: ability === undefined ? asked((need) => demand.has(need)) : [ability],
    parameters: orNone(() => demand.parameters),
    inputTokens: demand.inputTokens(offer ?? nobody),
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    ...(preferences ? { provider: preferences.sent } : {}),
    ...(door ? { region: door.region } : {}),
    ...(preset ? { written: preset.written } : {}),
    ...(search ? { search } : {}),
    ...(judgedBy ? { opening: judgedBy } : {}),
  }
}

const asked = (has: (need: Need) => boolean): readonly Need[] => orNone(() => needs.filter(has))

/** A body that turns out to be no JSON is for its upstream to refuse; here it must not keep the row from being written. */
function orNone<T>(read: () => readonly T[]): readonly T[] {
  try {
    return read()
  } catch {
    return []
  }
}
