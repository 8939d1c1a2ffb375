import { Elysia } from "elysia"
import { organisationId } from "../../../accounts/directory/ids.ts"
import { keyState } from "../../../accounts/limits/key-state.ts"
import type { RateLimit } from "../../../accounts/limits/types.ts"
import type { Principal } from "../../../accounts/principal.ts"
import type { Standing } from "../../../accounts/standing/types.ts"
import { openrouterFace } from "../../../dialects/faces/index.ts"
import { usd } from "../../../ledger/money.ts"
import { answer } from "../../answer.ts"
import { authenticate } from "../../auth.ts"
import type { HttpServices } from "../../services.ts"
import { timeOrNull } from "../../shown.ts"
import { keyFigures } from "./row.ts"

/** `GET /api/v1/key`: what the calling key may still spend. */
export const currentKey = (services: HttpServices) =>
  new Elysia({ name: "openrouter key" }).get(
    "/api/v1/key",
    ({ request }) =>
      answer(services, openrouterFace, () => ({
        data: keyData(services, authenticate(services.keys, request, "any")),
      })),
    { detail: { summary: "The calling key: limit, what is left, usage", tags: ["OpenRouter"] } },
  )

/** Free models are a business of the hosted router; here nothing is rationed that way. */
const noRation = { limit: 0, remaining: 0, used: 0 }

/** All fields that `@openrouter/sdk` validates (openrouter.ai/docs get-current-api-key). USD. */
function keyData(services: HttpServices, principal: Principal): Record<string, unknown> {
  const standing = services.standings.of(principal)
  const { own, heldNano } = keyState(services.budgets, standing, services.pipeline.now())
  const isManagement = principal.kind === "management"
  return {
    ...keyFigures(services, principal),
    limit_resets_at: timeOrNull(own?.resetsAtMs),
    limit_held: usd(heldNano),
    is_free_tier: false,
    is_management_key: isManagement,
    is_provisioning_key: isManagement,
    // Told by OpenRouter for old clients only, with this number; what really limits a key is in the note.
    rate_limit: { requests: -1, interval: "10s", note: ratesNote(standing.rates) },
    allowed_data_regions: regionsOf(standing.guardrails),
    free_model_daily_requests: noRation,
    organization_id: organisationId,
  }
}

function ratesNote(rates: readonly RateLimit[]): string {
  const told = rates.flatMap(({ scope, name, limits }) => {
    const parts = [
      [limits.requestsPerMinute, "requests a minute"],
      [limits.tokensPerMinute, "tokens a minute"],
      [limits.concurrency, "requests at once"],
    ].flatMap(([most, what]) => (most === undefined ? [] : [`${most} ${what}`]))
    if (parts.length === 0) return []
    return `${scope === "key" ? "this key" : scope === "organisation" ? name : `${scope} "${name}"`}: ${parts.join(", ")}`
  })
  return told.length === 0 ? "There is no rate limit on this key." : `Limits of ${told.join("; of ")}.`
}

/** Every guardrail that names regions counts; without one requests go anywhere. */
function regionsOf(guardrails: Standing["guardrails"]): readonly string[] {
  const lists = guardrails.flatMap(({ allowedDataRegions }) => (allowedDataRegions ? [allowedDataRegions] : []))
  const [first, ...others] = lists
  return first === undefined ? ["global"] : first.filter((region) => others.every((list) => list.includes(region)))
}
