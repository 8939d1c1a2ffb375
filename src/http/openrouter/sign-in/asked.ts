import type { AskedKey } from "../../../accounts/key-rules.ts"
import type { LimitReset } from "../../../accounts/principal.ts"
import type { CodeChallenge, CodeGrant } from "../../../accounts/sign-in-codes.ts"
import { GatewayError, type JsonObject } from "../../../contract/index.ts"
import { usd } from "../../../ledger/money.ts"
import { oneOf, orNull, type Read, readFields, text, wrong } from "../../fields/fields.ts"
import { money } from "../../fields/limits.ts"
import { isWebCallback, readCallback, shownCallback } from "../../sign-in/callbacks.ts"
import { utcTime } from "../keys/body.ts"

/** A key that an application asks for, in OpenRouter's words (openrouter.ai/docs, oauth). */
export interface SignIn {
  /** Absent: whoever allows it is shown the code. */
  readonly callback?: URL
  readonly challenge?: CodeChallenge
  readonly label?: string
  readonly limitNano?: number
  readonly limitReset: LimitReset
  readonly expiresAtMs?: number
  readonly workspace?: string
}

const longestLabel = 100

const label: Read<string> = (value, name) => {
  const said = text(value, name)
  if (said.length <= longestLabel) return said
  throw wrong(name, `a name of at most ${longestLabel} characters`)
}

/** With seconds: OpenRouter refuses times to the minute. */
const expiry: Read<number> = (value, name) => {
  const at = utcTime(value, name)
  if (typeof value === "string" && /:\d\d:\d\d/.test(value)) return at
  throw wrong(name, "a time with seconds, as in 2027-01-31T00:00:00Z")
}

/** Of OpenRouter's own agents, which are not here: read, so that nobody trips over them, and then nothing. */
const ignored: Read<undefined> = () => undefined

const fields = {
  callback_url: ["callback", text],
  code_challenge: ["codeChallenge", text],
  code_challenge_method: ["method", text],
  key_label: ["label", label],
  limit: ["limitNano", orNull(money)],
  usage_limit_type: ["limitReset", orNull(oneOf("daily", "weekly", "monthly"))],
  expires_at: ["expiresAtMs", orNull(expiry)],
  workspace_id: ["workspace", text],
  spawn_agent: ["_", ignored],
  spawn_cloud: ["_", ignored],
} as const

/** Those that an address or a form may have. */
export const signInFields: readonly string[] = Object.keys(fields).filter((name) => !name.startsWith("spawn_"))

/** From the body of a request. Throws `invalid_request`. */
export function readSignIn(body: JsonObject): SignIn {
  const read = readFields(body, fields) as {
    readonly callback?: string
    readonly codeChallenge?: string
    readonly method?: string
    readonly label?: string
    readonly limitNano?: number | null
    readonly limitReset?: LimitReset | null
    readonly expiresAtMs?: number | null
    readonly workspace?: string
  }
  const challenge = challengeOf(read.codeChallenge, read.method)
  return {
    ...(read.callback === undefined ? {} : { callback: readCallback(read.callback, isWebCallback) }),
    ...(challenge ? { challenge } : {}),
    ...(read.label === undefined ? {} : { label: read.label }),
    ...(read.limitNano == null ? {} : { limitNano: read.limitNano }),
    limitReset: read.limitReset ?? "never",
    ...(read.expiresAtMs == null ? {} : { expiresAtMs: read.expiresAtMs }),
    ...(read.workspace === undefined ? {} : { workspace: read.workspace }),
  }
}

/** From an address or a form: what belongs to it, and nothing else that is there. An empty field is as good as none. */
export function readSignInForm(form: URLSearchParams): SignIn {
  const body: Record<string, string | number> = {}
  for (const name of signInFields) {
    const value = form.get(name)?.trim()
    if (value === undefined || value === "") continue
    body[name] = name === "limit" && /^\d+(?:\.\d+)?$/.test(value) ? Number(value) : value
  }
  const signIn = readSignIn(body)
  if (signIn.callback === undefined && signIn.challenge === undefined)
    throw wrong("code_challenge", "there where callback_url is not, since the code is shown to be copied")
  return signIn
}

/** The same for a form to send. */
export const formFields = (form: URLSearchParams): Readonly<Record<string, string>> =>
  Object.fromEntries(signInFields.flatMap((name) => (form.get(name) ? [[name, form.get(name)!] as const] : [])))

const longestChallenge = 256

function challengeOf(value: string | undefined, method: string | undefined): CodeChallenge | undefined {
  if (method !== undefined && method !== "S256" && method !== "plain") throw wrongMethod()
  if (value === undefined) {
    if (method === undefined) return undefined
    throw wrong("code_challenge", "there where code_challenge_method is")
  }
  if (value.length > longestChallenge) throw wrong("code_challenge", `at most ${longestChallenge} characters`)
  if (method !== "S256") return { method: "plain", value }
  const challenge = urlSafe(value)
  if (!/^[A-Za-z0-9_-]{43}$/.test(challenge)) throw wrong("code_challenge", "a SHA-256 as base64url")
  return { method, value: challenge }
}

/** OpenRouter's words. */
export const wrongMethod = (): GatewayError =>
  new GatewayError("invalid_request", "Invalid code_challenge_method", { param: "code_challenge_method" })

/** The documentation says base64 where it means base64url, so both come. */
const urlSafe = (text: string): string => text.replace(/=+$/, "").replaceAll("+", "-").replaceAll("/", "_")

export function answersChallenge(challenge: CodeChallenge | undefined, verifier: string | undefined): boolean {
  // A verifier that nothing was asked for means that somebody took the challenge away on its way here (RFC 9700, 2.1.1).
  if (challenge === undefined || verifier === undefined) return challenge === undefined && verifier === undefined
  if (challenge.method === "plain") return isSame(challenge.value, verifier)
  return isSame(challenge.value, new Bun.CryptoHasher("sha256").update(verifier).digest("base64url"))
}

/** Takes as long for every wrong answer. */
const isSame = (one: string, other: string): boolean => {
  const hash = (text: string) => new Bun.CryptoHasher("sha256").update(text).digest()
  return crypto.timingSafeEqual(hash(one), hash(other))
}

/** What the person is told. */
export const termsOf = (signIn: SignIn): readonly (readonly [string, string])[] => [
  ["Name of the key", nameOf(signIn)],
  [
    "May spend",
    signIn.limitNano === undefined
      ? "as much as whoever allows it"
      : `${usd(signIn.limitNano)} USD${signIn.limitReset === "never" ? " in all" : `, ${signIn.limitReset}`}`,
  ],
  ["Works until", signIn.expiresAtMs === undefined ? "it is deleted" : new Date(signIn.expiresAtMs).toUTCString()],
]

const nameOf = ({ label, callback }: SignIn): string =>
  label ?? (callback === undefined ? "application" : shownCallback(callback))

/** What is kept of it until the code is exchanged. */
export const grantOf = (signIn: SignIn, managerKeyId: string, projectId: string | undefined): CodeGrant => ({
  managerKeyId,
  name: nameOf(signIn),
  limitReset: signIn.limitReset,
  ...(signIn.limitNano === undefined ? {} : { limitNano: signIn.limitNano }),
  ...(signIn.expiresAtMs === undefined ? {} : { expiresAtMs: signIn.expiresAtMs }),
  ...(projectId === undefined ? {} : { projectId }),
  ...(signIn.challenge ? { challenge: signIn.challenge } : {}),
  application: signIn.callback === undefined ? "a code that was shown" : signIn.callback.origin,
})

/** The key that was allowed. It belongs to the member whose management key allowed it. */
export const keyOf = ({ name, limitNano, limitReset, expiresAtMs, projectId }: CodeGrant): AskedKey => ({
  kind: "inference",
  name,
  limitReset,
  ...(limitNano === undefined ? {} : { limitNano }),
  ...(expiresAtMs === undefined ? {} : { expiresAtMs }),
  ...(projectId === undefined ? {} : { details: { projectId } }),
})
