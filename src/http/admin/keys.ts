import { Elysia } from "elysia"
import type { KeyChange, NewKey } from "../../accounts/keys.ts"
import type { Principal } from "../../accounts/principal.ts"
import { GatewayError, isObject, type JsonObject } from "../../contract/index.ts"
import { requestyFace } from "../../dialects/faces/index.ts"
import { nanoOfUsd, usd } from "../../ledger/money.ts"
import { answer } from "../answer.ts"
import { authenticate } from "../auth.ts"
import { readBody } from "../body.ts"
import type { HttpServices } from "../services.ts"

const bodyLimits = { bytes: 64 * 1024, milliseconds: 10_000 }

/** `/admin/keys`: what `signalbox keys` uses while a gateway runs. Management keys only. */
export const adminKeys = (services: HttpServices) => {
  const managed = (request: Request, status: number, work: (by: Principal, body: JsonObject) => unknown) =>
    answer(
      services,
      requestyFace,
      async () => {
        const by = authenticate(services.keys, request, "management")
        const reads = request.method === "GET" || request.method === "DELETE"
        return work(by, reads ? {} : parseBody(await readBody(request, bodyLimits, services.pipeline.deadlines)))
      },
      status,
    )
  const detail = (summary: string) => ({ parse: "none" as const, detail: { summary, tags: ["Admin"] } })
  return new Elysia({ name: "admin keys" })
    .get(
      "/admin/keys",
      ({ request }) => managed(request, 200, () => ({ data: services.keys.list().map((key) => keyOf(services, key)) })),
      detail("All keys, without their tokens"),
    )
    .post(
      "/admin/keys",
      ({ request }) =>
        managed(request, 201, async (by, body) => {
          const { token, principal } = await services.keys.create({ ...newKey(body), createdBy: by.keyId })
          return { key: token, data: keyOf(services, principal) }
        }),
      detail("Make a key; the token is in this answer only"),
    )
    .patch(
      "/admin/keys/:id",
      ({ request, params }) =>
        managed(request, 200, async (_, body) => ({
          data: keyOf(services, await services.keys.update(params.id, keyChange(body))),
        })),
      detail("Change or disable a key"),
    )
    .delete(
      "/admin/keys/:id",
      ({ request, params }) =>
        managed(request, 200, async () => {
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
    limit: key.limitNano === undefined ? null : usd(key.limitNano),
    limit_reset: key.limitReset,
    limit_remaining: state.remainingNano === undefined ? null : usd(state.remainingNano),
    usage: usd(state.usage.total),
    created_at: new Date(key.createdAtMs).toISOString(),
    expires_at: key.expiresAtMs === undefined ? null : new Date(key.expiresAtMs).toISOString(),
  }
}

function parseBody(text: string): JsonObject {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new GatewayError("invalid_json", "The body is not valid JSON.")
  }
  if (!isObject(value)) throw new GatewayError("invalid_request", "The body must be a JSON object.")
  return value
}

type Read<T> = (value: unknown, name: string) => T

const wrong = (name: string, want: string): GatewayError =>
  new GatewayError("invalid_request", `"${name}" must be ${want}.`, { param: name })

const text: Read<string> = (value, name) => {
  if (typeof value === "string" && value.trim() !== "") return value
  throw wrong(name, "a non-empty string")
}
const flag: Read<boolean> = (value, name) => {
  if (typeof value === "boolean") return value
  throw wrong(name, "true or false")
}
const kind: Read<Principal["kind"]> = (value, name) => {
  if (value === "inference" || value === "management") return value
  throw wrong(name, '"inference" or "management"')
}
const money: Read<number> = (value, name) => {
  if (typeof value === "number" && Number.isFinite(value) && value >= 0) return nanoOfUsd(value)
  throw wrong(name, "an amount in USD, 0 or more")
}
const reset: Read<Principal["limitReset"]> = (value, name) => {
  if (value === "daily" || value === "weekly" || value === "monthly" || value === "never") return value
  throw wrong(name, '"daily", "weekly", "monthly" or "never"')
}
const time: Read<number> = (value, name) => {
  const at = typeof value === "string" ? Date.parse(value) : Number.NaN
  if (Number.isFinite(at)) return at
  throw wrong(name, "a date and time as in 2027-01-31T00:00:00Z")
}
const orNull =
  <T>(read: Read<T>): Read<T | null> =>
  (value, name) =>
    value === null ? null : read(value, name)

/** Reads the fields that are there; one that is not in the table is refused, so that a typo never means "no limit". */
function readFields(
  body: JsonObject,
  table: Readonly<Record<string, readonly [own: string, read: Read<unknown>]>>,
): Record<string, unknown> {
  const out: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(body)) {
    const entry = Object.hasOwn(table, name) ? table[name] : undefined
    if (!entry)
      throw new GatewayError(
        "invalid_request",
        `There is no field "${name}". Fields: ${Object.keys(table).join(", ")}.`,
        { param: name },
      )
    out[entry[0]] = entry[1](value, name)
  }
  return out
}

function newKey(body: JsonObject): NewKey {
  const fields = readFields(body, {
    name: ["name", text],
    kind: ["kind", kind],
    limit: ["limitNano", money],
    limit_reset: ["limitReset", reset],
    expires_at: ["expiresAtMs", time],
    strict: ["strict", flag],
  })
  if (fields.name === undefined) throw wrong("name", "there: a name for people")
  return { kind: "inference", ...fields } as NewKey
}

const keyChange = (body: JsonObject): KeyChange =>
  readFields(body, {
    name: ["name", text],
    disabled: ["disabled", flag],
    limit: ["limitNano", orNull(money)],
    limit_reset: ["limitReset", reset],
    expires_at: ["expiresAtMs", orNull(time)],
    strict: ["strict", flag],
  }) as KeyChange
