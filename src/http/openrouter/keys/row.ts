import { keyState } from "../../../accounts/limits/key-state.ts"
import type { Principal } from "../../../accounts/principal.ts"
import { usd } from "../../../ledger/money.ts"
import type { WindowKind } from "../../../store/windows.ts"
import type { HttpServices } from "../../services.ts"
import { timeOrNull, timeText, usdOrNull } from "../../shown.ts"
import { workspaceIdOf } from "../workspaces/id.ts"

/** What `/keys` and `/key` say alike of a key. USD. */
export function keyFigures(services: HttpServices, key: Principal): Record<string, unknown> {
  const { own, usage, byok } = keyState(services.budgets, services.standings.of(key), services.pipeline.now())
  return {
    label: key.label,
    name: key.name,
    limit: usdOrNull(key.limitNano),
    limit_remaining: usdOrNull(own?.remainingNano),
    limit_reset: key.limitReset === "never" ? null : key.limitReset,
    include_byok_in_limit: key.details?.includeByokInLimit ?? false,
    ...windows("usage", usage),
    ...windows("byok_usage", byok),
    expires_at: timeOrNull(key.expiresAtMs),
    creator_user_id: memberOf(key) ?? null,
    workspace_id: workspaceIdOf(key.details?.projectId),
  }
}

const windows = (name: string, nano: Readonly<Record<WindowKind, number>>) => ({
  [name]: usd(nano.total),
  [`${name}_daily`]: usd(nano.daily),
  [`${name}_weekly`]: usd(nano.weekly),
  [`${name}_monthly`]: usd(nano.monthly),
})

/** Who made it, or whose it is where nobody in particular made it. */
export const memberOf = ({ details }: Principal): string | undefined =>
  details?.creatorMemberId ?? (details?.owner?.kind === "member" ? details.owner.id : undefined)

/** A key as the management API shows it (openrouter.ai/docs, api-keys). */
export const keyRow = (services: HttpServices, key: Principal): Record<string, unknown> => ({
  hash: key.keyId,
  ...keyFigures(services, key),
  disabled: key.disabled,
  created_at: timeText(key.createdAtMs),
  updated_at: timeOrNull(key.updatedAtMs),
  external_user: key.details?.externalUser ?? null,
})
