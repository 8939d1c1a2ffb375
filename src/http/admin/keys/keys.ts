import { Elysia } from "elysia"
import { keyState } from "../../../accounts/limits/key-state.ts"
import { changeKey, keyFor, keysFor, makeKey, removeKey, rotateKey } from "../../../accounts/managed-keys.ts"
import type { Principal } from "../../../accounts/principal.ts"
import type { JsonObject } from "../../../contract/index.ts"
import { usd } from "../../../ledger/money.ts"
import { documented } from "../../documented.ts"
import { integer, readFields, wrong } from "../../fields/fields.ts"
import { keyRoom } from "../../key-room.ts"
import { managed } from "../../managed.ts"
import type { HttpServices } from "../../services.ts"
import { timeOrNull, timeText, usdOrNull } from "../../shown.ts"
import { wholeList } from "../../whole-list.ts"
import { pageOf } from "../paging.ts"
import { keyChangeOf, newKeyOf } from "./body.ts"
import { detailsRow } from "./details.ts"
import { routingRow } from "./routing.ts"

const detail = documented("Admin")

/** `/admin/keys`: every key with all there is to say of it, inference and management keys alike. `signalbox keys` uses it. */
export const adminKeys = (services: HttpServices) => {
  const room = () => keyRoom(services)
  const shown = (key: Principal) => keyRow(services, key)
  return new Elysia({ name: "admin keys" })
    .get(
      "/admin/keys",
      ({ request }) =>
        managed(services, request, "GET /admin/keys", (by) => {
          const keys = keysFor(room(), by)
          return by.query.size === 0 ? wholeList("data", keys, shown) : pageOf(by.query, keys, shown)
        }),
      detail("All keys, without their tokens; with `offset` or `limit` a page of them"),
    )
    .post(
      "/admin/keys",
      ({ request }) =>
        managed(
          services,
          request,
          "POST /admin/keys",
          async (by) => {
            const { token, principal } = await makeKey(room(), by, newKeyOf(services.directory, by.body))
            return { key: token, data: shown(principal) }
          },
          201,
        ),
      detail("Make a key; the token is in this answer only"),
    )
    .get(
      "/admin/keys/:id",
      ({ request, params }) =>
        managed(services, request, "GET /admin/keys/:id", (by) => ({ data: shown(keyFor(room(), by, params.id)) })),
      detail("A key, without its token"),
    )
    .patch(
      "/admin/keys/:id",
      ({ request, params }) =>
        managed(services, request, "PATCH /admin/keys/:id", async (by) => ({
          data: shown(await changeKey(room(), by, params.id, (now) => keyChangeOf(services.directory, by.body, now))),
        })),
      detail("Change or disable a key"),
    )
    .delete(
      "/admin/keys/:id",
      ({ request, params }) =>
        managed(services, request, "DELETE /admin/keys/:id", async (by) => {
          await removeKey(room(), by, params.id)
          return { deleted: true }
        }),
      detail("Delete a key"),
    )
    .post(
      "/admin/keys/:id/rotate",
      ({ request, params }) =>
        managed(services, request, "POST /admin/keys/:id/rotate", async (by) => {
          const { token, principal } = await rotateKey(room(), by, params.id, graceOf(by.body) * 1000)
          return { key: token, data: shown(principal) }
        }),
      detail("Give a key a new token, in this answer only; the old one works for grace_seconds more"),
    )
}

export function keyRow(services: HttpServices, key: Principal): JsonObject {
  const { own, usage, byok } = keyState(services.budgets, services.standings.of(key), services.pipeline.now())
  return {
    id: key.keyId,
    name: key.name,
    label: key.label,
    kind: key.kind,
    source: key.source,
    disabled: key.disabled,
    strict: key.strict,
    ...(routingRow(key.routing) as JsonObject),
    ...detailsRow(key),
    limit: usdOrNull(key.limitNano),
    limit_reset: key.limitReset,
    limit_remaining: usdOrNull(own?.remainingNano),
    usage: usd(usage.total),
    byok_usage: usd(byok.total),
    created_at: timeText(key.createdAtMs),
    updated_at: timeOrNull(key.updatedAtMs),
    expires_at: timeOrNull(key.expiresAtMs),
  }
}

/** A month is long enough for every deployment, and short enough that a token that leaked is gone some day. */
const longestGrace = 30 * 86_400

function graceOf(body: JsonObject): number {
  const { grace = 0 } = readFields(body, { grace_seconds: ["grace", integer] }) as { grace?: number }
  if (grace >= 0 && grace <= longestGrace) return grace
  throw wrong("grace_seconds", `a whole number from 0 to ${longestGrace}`)
}
