import type { AskedKey } from "../../../../accounts/key-rules.ts"
import type { KeyDetails, KeyOwner } from "../../../../accounts/principal.ts"
import type { KeyKind } from "../../../../accounts/tokens.ts"
import { GatewayError, type JsonObject } from "../../../../contract/index.ts"
import { type FieldTable, flag, orNull, readFields, text, wrong } from "../../../fields/fields.ts"
import { labels, objectName } from "../../../fields/names.ts"
import { permissions } from "../../keys/permissions.ts"
import { expiry, type Labels, monthlyLimit } from "../../values.ts"

const fields: FieldTable = {
  name: ["name", objectName],
  monthly_limit: ["limitNano", monthlyLimit],
  permissions: ["permissions", permissions],
  labels: ["labels", labels],
  expires_at: ["expiresAtMs", expiry],
  logging: ["storeBodies", flag],
  user_id: ["memberId", orNull(text)],
  group_id: ["groupId", orNull(text)],
  service_account_id: ["serviceAccountId", orNull(text)],
  access_list_id: ["accessListId", orNull(text)],
}

interface Given {
  readonly name?: string
  readonly limitNano?: number | null
  readonly permissions?: { readonly kind: KeyKind; readonly manage: "none" | "read" | "write" }
  readonly labels?: Labels
  readonly expiresAtMs?: number | null
  readonly storeBodies?: boolean
  readonly memberId?: string | null
  readonly groupId?: string | null
  readonly serviceAccountId?: string | null
  readonly accessListId?: string | null
}

/**
 * The key that `POST /v1/manage/apikey` asks for: Requesty's fields `name`, `monthly_limit` and `permissions`, and ours for what there are
 * calls of their own afterwards, or only a dashboard at Requesty.
 */
export function newKey(body: JsonObject): AskedKey {
  const given: Given = readFields(body, fields)
  const { name, limitNano, expiresAtMs, labels, storeBodies, groupId, accessListId } = given
  if (name === undefined) throw wrong("name", "there: a name for people")
  const { kind, manage } = given.permissions ?? { kind: "inference", manage: "none" }
  const owner = ownerOf(given)
  const details: KeyDetails = {
    ...(owner ? { owner } : {}),
    ...(groupId && owner?.kind !== "group" ? { groupId } : {}),
    // What the kind of a key says by itself is not said again.
    ...(manage === (kind === "inference" ? "none" : "write") ? {} : { manage }),
    ...(labels === undefined ? {} : { labels }),
    ...(storeBodies === undefined ? {} : { storeBodies }),
    ...(accessListId ? { accessListId } : {}),
  }
  return {
    name,
    kind,
    limitReset: "monthly",
    details,
    ...(typeof limitNano !== "number" ? {} : { limitNano }),
    ...(typeof expiresAtMs !== "number" ? {} : { expiresAtMs }),
  }
}

/** A member's or a service account's key may be on a group's account; without one of them it is the group's own. */
function ownerOf({ memberId, serviceAccountId, groupId }: Given): KeyOwner | undefined {
  if (memberId && serviceAccountId)
    throw new GatewayError("invalid_request", 'A key is of one owner: send "user_id" or "service_account_id".', {
      param: "service_account_id",
    })
  if (memberId) return { kind: "member", id: memberId }
  if (serviceAccountId) return { kind: "service-account", id: serviceAccountId }
  return groupId ? { kind: "group", id: groupId } : undefined
}
