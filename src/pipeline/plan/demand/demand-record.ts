import type { RouteDemand } from "../../../contract/index.ts"
import type { Mutable } from "../../../contract/mutable.ts"
import type { LiveOffer } from "../../services.ts"
import type { Inquiry } from "../inquiry.ts"
import { needs } from "./needs.ts"

/** Counts as text alone is counted. */
const nobody = { key: "" }

/** What a request demands as it is written down: enough to plan it again, and none of its text. */
export function demandRecord(inquiry: Inquiry, offer: LiveOffer | undefined): RouteDemand {
  const { demand, preferences, door, preset, search, judgedBy } = inquiry
  const { ability, maxOutputTokens } = demand
  // Filled in, not spread: this runs for every request.
  const record: Mutable<RouteDemand> = {
    models: inquiry.names,
    inputTokens: demand.inputTokens(offer ?? nobody),
  }
  const found = ability === undefined ? orNone(() => needs.filter((need) => demand.has(need))) : [ability]
  if (found.length > 0) record.needs = found
  const parameters = orNone(() => demand.parameters)
  if (parameters.length > 0) record.parameters = parameters
  if (inquiry.isDefault) record.isDefault = true
  if (maxOutputTokens !== undefined) record.maxOutputTokens = maxOutputTokens
  if (preferences) record.provider = preferences.sent
  if (door) record.region = door.region
  if (preset) record.written = preset.written
  if (search) record.search = search
  if (judgedBy) record.opening = judgedBy
  return record
}

/** A body that turns out to be no JSON is for its upstream to refuse; here it must not keep the row from being written. */
function orNone<T>(read: () => readonly T[]): readonly T[] {
  try {
    return read()
  } catch {
    return []
  }
}
