import { Elysia } from "elysia"
import type { KeyChange, NewKey } from "../../accounts/keys.ts"
import type { Principal } from "../../accounts/principal.ts"
import type { JsonObject } from "../../contract/index.ts"
import { nanoOfUsd, usd } from "../../ledger/money.ts"
import type { HttpServices } from "../services.ts"
import { flag, managed, oneOf, orNull, type Read, readFields, text, wrong } from "./fields.ts"
import { routingFields, routingRow, takeRouting } from "./key-routing.ts"

/** `/admin/keys`: what `signalbox keys` uses while a gateway runs. Management keys only. */
export const adminKeys = (services: HttpServices) => {
  const detail = (summary: string) => ({ parse: "none" as const, detail: { summary, tags: ["Admin"] } })
  return new Elysia({ name: "admin keys" })
    .get(
      "/admin/keys",
      ({ request }) =>
        managed(services, request, 200, () => ({ data: services.keys.list().map((key) => keyOf(services, key)) })),
      detail("All keys, without their tokens"),
    )
    .post(
      "/admin/keys",
      ({ request }) =>
        managed(services, request, 201, async (by, body) => {
          const { token, principal } = await services.keys.create(newKey(body), { keyId: by.keyId, name: by.name })
          return { key: token, data: keyOf(services, principal) }
        }),
      detail("Make a key; the token is in this answer only"),
    )
    .patch(
      "/admin/keys/:id",
      ({ request, params }) =>
        managed(services, request, 200, async (_, body) => ({
          data: keyOf(services, await services.keys.update(params.id, keyChange(body, services.keys.get(params.id)))),
        })),
      detail("Change or disable a key"),
    )
    .delete(
      "/admin/keys/:id",
      ({ request, params }) =>
        managed(services, request, 200, async () => {
          await services.keys.delete(params.id)
          return { deleted: true }
        }),
      detail("Delete a key"),
    )
}

function keyOf(services: HttpServices, key: Principal): Record<string, unknown> {
  const state = services.budgets.snapshot(key, services.pipeline.now())
  return {
    id: key.keyId,
    name: key.name,
    label: key.label,
    kind: key.kind,
    source: key.source,
    disabled: key.disabled,
    strict: key.strict,
    ...routingRow(key.routing),
    limit: key.limitNano === undefined ? null : usd(key.limitNano),
    limit_reset: key.limitReset,
    limit_remaining: state.remainingNano === undefined ? null : usd(state.remainingNano),
    usage: usd(state.usage.total),
    created_at: new Date(key.createdAtMs).toISOString(),
    expires_at: key.expiresAtMs === undefined ? null : new Date(key.expiresAtMs).toISOString(),
  }
}

const kind = oneOf("inference", "management")
const money: Read<number> = (value, name) => {
  if (typeof value === "number" && Number.isFinite(value) && value >= 0) return nanoOfUsd(value)
  throw wrong(name, "an amount in USD, 0 or more")
}
const reset = oneOf("daily", "weekly", "monthly", "never")
const time: Read<number> = (value, name) => {
  const at = typeof value === "string" ? Date.parse(value) : Number.NaN
  if (Number.isFinite(at)) return at
  throw wrong(name, "a date and time as in 2027-01-31T00:00:00Z")
}
function newKey(body: JsonObject): NewKey {
  const fields = readFields(body, {
    name: ["name", text],
    kind: ["kind", kind],
    limit: ["limitNano", money],
    limit_reset: ["limitReset", reset],
    expires_at: ["expiresAtMs", time],
    strict: ["strict", flag],
    ...routingFields,
  })
  if (fields.name === undefined) throw wrong("name", "there: a name for people")
  const { rest, routing } = takeRouting(fields, undefined)
  return { kind: "inference", ...rest, ...(routing ? { routing } : {}) } as NewKey
}

function keyChange(body: JsonObject, before: Principal | undefined): KeyChange {
  const fields = readFields(body, {
    name: ["name", text],
    disabled: ["disabled", flag],
    limit: ["limitNano", orNull(money)],
    limit_reset: ["limitReset", reset],
    expires_at: ["expiresAtMs", orNull(time)],
    strict: ["strict", flag],
    ...routingFields,
  })
  const { rest, routing } = takeRouting(fields, before?.routing)
  return { ...rest, ...(routing === undefined ? {} : { routing }) }
}
