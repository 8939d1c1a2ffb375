import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { isWriting, type Reach, type Right, type Role, rights } from "../../../src/accounts/rights/rights.ts"
import { type ClientDialect, type ErrorCode, GatewayError } from "../../../src/contract/index.ts"
import { openrouterFace, requestyFace } from "../../../src/dialects/faces/index.ts"
import { geminiClient } from "../../../src/dialects/gemini/client/index.ts"
import { messagesClient } from "../../../src/dialects/messages/index.ts"
import { type Needs, routeRights } from "../../../src/http/rights/routes.ts"
import { type Admin, adminOf } from "../../kit/admin.ts"
import { inferenceKey, startGateway, type TestGateway } from "../../kit/gateway.ts"

/** Every route × every kind of principal: what opens is what the table and the roles say, and what is refused changes nothing. */

interface Who {
  readonly name: string
  readonly token: string | undefined
  /** Why it can do nothing at all. */
  readonly refused?: ErrorCode
  readonly kind: "inference" | "management" | "none"
  readonly role: Role
  readonly level: "none" | "read" | "write"
}

const expiredKey = "expired-inference-key-0123456789"
const disabledKey = "disabled-inference-key-0123456789"

let gateway: TestGateway
let admin: Admin
const everyone: Who[] = []

const names = [
  "no key",
  "a token that nobody knows",
  "an inference key",
  "an inference key that reads",
  "a disabled inference key",
  "an expired inference key",
  "the operator's key",
  "an owner's key",
  "an admin's key",
  "a member's key",
  "a viewer's key",
  "an owner's key that only reads",
  "an admin's key that only reads",
  "a disabled key of an owner",
  "a key of a disabled owner",
  "a key of an owner who is gone",
  "a management key of a disabled service account",
]

beforeAll(async () => {
  gateway = await startGateway({
    keys: [
      { name: "test", key: inferenceKey },
      { name: "old", key: expiredKey, expires_at: "2020-01-01T00:00:00Z" },
      { name: "off", key: disabledKey, disabled: true },
    ],
    models: { public: false },
    catalog: { refresh_hours: 0, air_gapped: true },
  })
  admin = adminOf(gateway)
  const add = (who: Omit<Who, "role" | "level"> & Partial<Who>) =>
    everyone.push({ role: "owner", level: who.kind === "management" ? "write" : "none", ...who })
  add({ name: names[0]!, token: undefined, kind: "none", refused: "missing_api_key" })
  add({ name: names[1]!, token: "sk-nobody-knows", kind: "none", refused: "invalid_api_key" })
  add({ name: names[2]!, token: inferenceKey, kind: "inference" })
  const reading = await admin.key({ name: "reads", manage: "read" })
  add({ name: names[3]!, token: reading.token, kind: "inference", level: "read" })
  add({ name: names[4]!, token: disabledKey, kind: "inference", refused: "key_disabled" })
  add({ name: names[5]!, token: expiredKey, kind: "inference", refused: "key_expired" })
  add({ name: names[6]!, token: admin.token, kind: "management" })
  const roles = ["owner", "admin", "member", "viewer"] as const
  for (const [index, role] of roles.entries()) {
    const { token } = await admin.memberKey(role)
    add({ name: names[7 + index]!, token, kind: "management", role })
  }
  for (const [index, role] of (["owner", "admin"] as const).entries()) {
    const { token } = await admin.memberKey(role, { manage: "read" })
    add({ name: names[11 + index]!, token, kind: "management", role, level: "read" })
  }
  const off = await admin.memberKey("owner")
  await admin.ok("PATCH", `/admin/keys/${off.id}`, { disabled: true })
  add({ name: names[13]!, token: off.token, kind: "management", refused: "key_disabled" })
  const held = await admin.memberKey("owner")
  await admin.ok("PATCH", `/admin/members/${held.memberId}`, { disabled: true })
  add({ name: names[14]!, token: held.token, kind: "management", refused: "account_restricted" })
  const gone = await admin.memberKey("owner")
  await admin.ok("DELETE", `/admin/members/${gone.memberId}`)
  // Somebody switches it on again, which must not bring its member back.
  await admin.ok("PATCH", `/admin/keys/${gone.id}`, { disabled: false })
  add({ name: names[15]!, token: gone.token, kind: "management", refused: "account_restricted" })
  const robot = await admin.ok("POST", "/admin/service-accounts", { name: "robot" })
  const { token } = await admin.key({
    name: "robot",
    kind: "management",
    owner: { kind: "service-account", id: robot.data.id },
  })
  await admin.ok("PATCH", `/admin/service-accounts/${robot.data.id}`, { disabled: true })
  add({ name: names[16]!, token, kind: "management", refused: "account_restricted" })
})
afterAll(() => gateway?.stop())

const routes = Object.entries(routeRights) as readonly [string, Needs][]

/** What the table says; undefined: it opens. */
function refusalOf(needs: Needs, who: Who, suspended = false): ErrorCode | undefined {
  // On loopback metrics are for everybody; the lists of this gateway are not public.
  if (needs === "public" || needs === "signed" || needs === "local") return undefined
  // Of keys that could do something by themselves, the kind comes first.
  const isWrongKind = needs === "inference" && who.kind === "management"
  if (who.refused) return who.refused === "account_restricted" && isWrongKind ? "wrong_key_kind" : who.refused
  if (suspended && who.kind === "inference") return "account_restricted"
  if (needs === "key" || needs === "listed") return undefined
  if (needs === "inference") return who.kind === "inference" ? undefined : "wrong_key_kind"
  return refusalOfRight(needs, who)
}

function refusalOfRight(right: Right, { level, role }: Who): ErrorCode | undefined {
  if (level === "none") return "wrong_key_kind"
  if (level === "read" && isWriting(right)) return "forbidden"
  const reach: Reach = rights[right][role]
  return reach === "none" ? "forbidden" : undefined
}

const clientOf = (path: string): ClientDialect | undefined => {
  if (/^\/(?:api\/)?v1\/messages/.test(path)) return messagesClient
  return /^\/v1(?:beta)?\/models\/.*:/.test(path) || path.startsWith("/v1beta/") ? geminiClient : undefined
}

/** An address of a route; what it names is not there. */
function addressOf(path: string, method: string): string {
  const named = path.replace(/:\w+/g, "nothing")
  if (!named.endsWith("*")) return named
  if (method !== "POST")
    return named.replace(/\*$/, /^\/api\/v1\/.*models/.test(path) ? "no/thing/endpoints" : "nothing")
  return named.replace(/\*$/, `${path === "/v1beta/*" ? "x/" : ""}nothing:generateContent`)
}

async function ask(name: string, token: string | undefined): Promise<{ status: number; text: string }> {
  const [method = "", path = ""] = name.split(" ")
  const response = await fetch(`${gateway.url}${addressOf(path, method)}`, {
    method,
    redirect: "manual",
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(method === "GET" || method === "HEAD" ? {} : { "content-type": "application/json" }),
    },
    ...(method === "GET" || method === "HEAD" ? {} : { body: "{}" }),
  })
  return { status: response.status, text: await response.text() }
}

function expectRefusal(name: string, code: ErrorCode, { status, text }: { status: number; text: string }): void {
  const [method = "", route = ""] = name.split(" ")
  const path = addressOf(route, method)
  const face = path.startsWith("/api/v1") ? openrouterFace : requestyFace
  const error = new GatewayError(code, "")
  const client = clientOf(path)
  expect(status, name).toBe(client?.errorStatus?.(error, face) ?? face.status(error))
  const body = JSON.parse(text)
  expect(typeof body.error, name).toBe("object")
  if (client) return
  if (face === openrouterFace) expect(body.error.code, name).toBe(status)
  else expect(body.error.code, name).toBe(code)
}

/** All that a request without a right could have changed. */
const everything = async () =>
  JSON.stringify(
    await Promise.all(
      [
        "audit?limit=1000",
        "keys",
        "members",
        "groups",
        "service-accounts",
        "projects",
        "organisation",
        "policies",
        "aliases",
        "presets",
      ].map((what) => admin.ok("GET", `/admin/${what}`)),
    ),
  )

describe.each(names)("%s", (name) => {
  const who = () => everyone.find((one) => one.name === name)!

  test("is refused where the table says so, and changes nothing", async () => {
    const before = await everything()
    for (const [route, needs] of routes) {
      const code = refusalOf(needs, who())
      if (code) expectRefusal(route, code, await ask(route, who().token))
    }
    expect(await everything()).toBe(before)
  })

  test("opens what the table says", async () => {
    for (const [route, needs] of routes) {
      if (refusalOf(needs, who()) !== undefined || route === "POST /admin/reload") continue
      const { status, text } = await ask(route, who().token)
      // Sign-in pages ask for a key in their form.
      if (needs !== "signed")
        expect([401, 403].includes(status), `${route}: ${status} ${text.slice(0, 200)}`).toBe(false)
      expect(status, `${route}: ${text.slice(0, 300)}`).not.toBe(500)
    }
  })
})

test("in a suspended organisation nobody calls models, and owners still manage", async () => {
  await admin.ok("PATCH", "/admin/organisation", { suspended: true })
  try {
    for (const name of ["an inference key", "the operator's key", "an owner's key", "a viewer's key"]) {
      const who = everyone.find((one) => one.name === name)!
      for (const [route, needs] of routes) {
        if (isWriting(needs as Right)) continue
        const code = refusalOf(needs, who, true)
        const reply = await ask(route, who.token)
        if (code) expectRefusal(route, code, reply)
        else if (needs !== "signed") expect([401, 403].includes(reply.status), route).toBe(false)
      }
    }
  } finally {
    await admin.ok("PATCH", "/admin/organisation", { suspended: false })
  }
})
