import { redact } from "signalbox/dialects"
import { type Expiring, GatewayError, isObject, type PluginContext } from "signalbox/plugin"
import { type AuthorizedUser, type ServiceAccount, signAssertion } from "./service-account.ts"

/** What a plugin may use of the world. */
export type Outside = Pick<PluginContext, "fetch" | "clock">

/** How this entry proves who it is. */
export type Credential =
  | ServiceAccount
  | AuthorizedUser
  /** The metadata server of a machine in Google's cloud; `url` without a slash at its end. */
  | { readonly type: "metadata"; readonly url: string }

interface Place {
  /** For people: who refused. */
  readonly name: string
  /** What the operator should look at when it refuses. */
  readonly check: string
}

const places: Readonly<Record<Credential["type"], Place>> = {
  "service-account": {
    name: "Google's token server",
    check: "Check that the service account and its key still exist, and that this machine's clock is right.",
  },
  "authorized-user": {
    name: "Google's token server",
    check: "Log in again with: gcloud auth application-default login.",
  },
  metadata: {
    name: "The metadata server",
    check: "Check that this machine runs in Google's cloud and has a service account with the cloud-platform scope.",
  },
}

const failure = (provider: string, message: string, cause?: unknown): GatewayError =>
  new GatewayError("provider_auth", message, { provider, ...(cause === undefined ? {} : { cause }) })

/** `invalid_grant: Invalid JWT Signature.`, as far as the answer says so. */
const wordsOf = (text: string): string => {
  try {
    const body: unknown = JSON.parse(text)
    if (!isObject(body)) return ""
    const words = [body.error, body.error_description].filter((word) => typeof word === "string" && word !== "")
    return redact(words.join(": "))
  } catch {
    return ""
  }
}

const form = (fields: Readonly<Record<string, string>>) => ({
  method: "POST",
  headers: { "content-type": "application/x-www-form-urlencoded", accept: "application/json" },
  body: new URLSearchParams(fields).toString(),
})

const ask = async (credential: Credential, nowMs: number): Promise<readonly [string, RequestInit]> => {
  if (credential.type === "metadata")
    return [
      `${credential.url}/computeMetadata/v1/instance/service-accounts/default/token`,
      { headers: { "metadata-flavor": "Google" } },
    ]
  if (credential.type === "authorized-user")
    return [
      credential.tokenUrl,
      form({
        grant_type: "refresh_token",
        client_id: credential.clientId,
        client_secret: credential.clientSecret,
        refresh_token: credential.refreshToken,
      }),
    ]
  const assertion = await signAssertion(credential, nowMs)
  return [credential.tokenUrl, form({ grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer", assertion })]
}

const readToken = (text: string, nowMs: number): Expiring<string> | undefined => {
  try {
    const body: unknown = JSON.parse(text)
    if (!isObject(body) || typeof body.access_token !== "string" || body.access_token === "") return undefined
    const seconds = Number(body.expires_in)
    return { value: body.access_token, expiresAt: nowMs + (Number.isFinite(seconds) ? seconds : 0) * 1000 }
  } catch {
    return undefined
  }
}

/** Fetches an access token. Every failure is `provider_auth` and says what the operator should look at. */
export const obtainToken =
  (provider: string, credential: Credential, outside: Outside) =>
  async (signal: AbortSignal): Promise<Expiring<string>> => {
    const { name, check } = places[credential.type]
    const startedAt = outside.clock.now()
    let request: readonly [string, RequestInit]
    try {
      request = await ask(credential, startedAt)
    } catch (cause) {
      throw failure(provider, `${provider}: the service account's private_key cannot be read. ${check}`, cause)
    }
    const [url, init] = request
    let response: Response
    let text: string
    try {
      response = await outside.fetch(url, { ...init, signal, redirect: "manual" })
      text = await response.text()
    } catch (cause) {
      if (signal.aborted) throw signal.reason
      throw failure(provider, `${provider}: ${name} cannot be reached for an access token. ${check}`, cause)
    }
    const said = wordsOf(text)
    if (!response.ok)
      throw failure(
        provider,
        `${provider}: ${name} gives no access token (status ${response.status}${said ? `, ${said}` : ""}). ${check}`,
      )
    const token = readToken(text, startedAt)
    if (token === undefined) throw failure(provider, `${provider}: ${name} answered without an access token. ${check}`)
    return token
  }
