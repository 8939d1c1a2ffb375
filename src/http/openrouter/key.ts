import { Elysia } from "elysia"
import type { Principal } from "../../accounts/principal.ts"
import { openrouterFace } from "../../dialects/faces/index.ts"
import { usd } from "../../ledger/money.ts"
import { answer } from "../answer.ts"
import { authenticate } from "../auth.ts"
import type { HttpServices } from "../services.ts"

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
  const state = services.budgets.snapshot(principal, services.pipeline.now())
  const { usage } = state
  const isManagement = principal.kind === "management"
  return {
    label: principal.label,
    name: principal.name,
    limit: state.limitNano === undefined ? null : usd(state.limitNano),
    limit_remaining: state.remainingNano === undefined ? null : usd(state.remainingNano),
    limit_reset: principal.limitReset === "never" ? null : principal.limitReset,
    limit_resets_at: state.resetsAtMs === undefined ? null : new Date(state.resetsAtMs).toISOString(),
    limit_held: usd(state.heldNano),
    usage: usd(usage.total),
    usage_daily: usd(usage.daily),
    usage_weekly: usd(usage.weekly),
    usage_monthly: usd(usage.monthly),
    byok_usage: 0,
    byok_usage_daily: 0,
    byok_usage_weekly: 0,
    byok_usage_monthly: 0,
    include_byok_in_limit: true,
    is_free_tier: false,
    is_management_key: isManagement,
    is_provisioning_key: isManagement,
    expires_at: principal.expiresAtMs === undefined ? null : new Date(principal.expiresAtMs).toISOString(),
    creator_user_id: principal.createdBy ?? null,
    rate_limit: { requests: -1, interval: "10s", note: "There is no rate limit on this key." },
    allowed_data_regions: ["global"],
    free_model_daily_requests: noRation,
    organization_id: null,
    workspace_id: null,
  }
}
