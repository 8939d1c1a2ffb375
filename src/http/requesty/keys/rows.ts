import type { Principal } from "../../../accounts/principal.ts"
import { usd } from "../../../ledger/money.ts"
import type { HttpServices } from "../../services.ts"
import { timeText } from "../../shown.ts"
import { spentThisMonth } from "../spent.ts"
import { listOfLabels, moneyText } from "../values.ts"
import { permissionsOf } from "./permissions.ts"

/** A key as `/v1/manage/apikey` shows it. Nothing is null: what there is not is left out, but for a limit, which is "0". */
export const manageRow = (services: HttpServices, key: Principal): Record<string, unknown> => ({
  id: key.keyId,
  name: key.name,
  label: key.label,
  logging: services.standings.of(key).storesBodies,
  monthly_limit: moneyText(key.limitNano ?? 0),
  // A limit need not be a month's where the key was made by another API, and may be of nothing at all.
  ...(key.limitNano === undefined ? {} : { limit_reset: key.limitReset }),
  monthly_spend: moneyText(spentThisMonth(services, `key:${key.keyId}`)),
  permissions: permissionsOf(key),
  labels: key.details?.labels ?? {},
  ...belongingsOf(services, key),
  ...(key.details?.accessListId === undefined ? {} : { access_list_id: key.details.accessListId }),
  ...(key.expiresAtMs === undefined ? {} : { expires_at: timeText(key.expiresAtMs) }),
  created_at: timeText(key.createdAtMs),
  active: !key.disabled && (key.expiresAtMs === undefined || key.expiresAtMs > services.pipeline.now()),
})

/** A key as `/v1/api-keys` shows it, where money is numbers and labels are a list. */
export const seedRow = (services: HttpServices, key: Principal): Record<string, unknown> => ({
  id: key.keyId,
  name: key.name,
  ...(key.limitNano === undefined ? {} : { limit: usd(key.limitNano), limit_reset: key.limitReset }),
  labels: listOfLabels(key.details?.labels ?? {}),
  ...(key.expiresAtMs === undefined ? {} : { expiry: timeText(key.expiresAtMs) }),
  created_at: timeText(key.createdAtMs),
  monthly_spend: usd(spentThisMonth(services, `key:${key.keyId}`)),
  permissions: permissionsOf(key),
  ...belongingsOf(services, key),
})

/** Whose it is, and who made it. */
function belongingsOf({ standings, directory }: HttpServices, key: Principal): Record<string, unknown> {
  const { member, group, serviceAccount } = standings.of(key)
  const makerId = key.details?.creatorMemberId
  const maker = makerId === undefined ? undefined : directory.get("member", makerId)
  return {
    ...(maker ? { created_by: { id: maker.id, email: maker.body.email } } : {}),
    ...(member ? { user: { id: member.id, email: member.email } } : {}),
    ...(serviceAccount ? { service_account: { id: serviceAccount.id, name: serviceAccount.name } } : {}),
    ...(group ? { group: { id: group.id, name: group.name } } : {}),
  }
}
