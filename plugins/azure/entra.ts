import { redact } from "signalbox/dialects"
import { type Expiring, GatewayError, isObject, type PluginContext } from "signalbox/plugin"
import type { Credential } from "./settings.ts"

/** What a plugin may use of the world. */
export type Outside = Pick<PluginContext, "fetch" | "clock">

interface Place {
  readonly name: string
  /** What the operator should look at when it gives no token. */
  readonly check: string
}

const places: Readonly<Record<Credential["type"], Place>> = {
  client: {
    name: "Microsoft Entra",
    check: "Check tenant_id, client_id, and that client_secret has not expired.",
  },
  "managed-identity": {
    name: "The metadata server",
    check: "Check that this machine runs in Azure and has a managed identity with access to the resource.",
  },
}

const failure = (provider: string, message: string, cause?: unknown): GatewayError =>
  new GatewayError("provider_auth", `${provider}: ${message}`, { provider, ...(cause === undefined ? {} : { cause }) })

/** learn.microsoft.com: client credentials of the identity platform; tokens of managed identities from the instance metadata service. */
const ask = (credential: Credential): readonly [string, RequestInit] => {
  if (credential.type === "client")
    return [
      `${credential.authority}/${credential.tenant}/oauth2/v2.0/token`,
      {
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded", accept: "application/json" },
        body: new URLSearchParams({
          grant_type: "client_credentials",
          client_id: credential.id,
          client_secret: credential.secret,
          scope: credential.scope,
        }).toString(),
      },
    ]
  const query = new URLSearchParams({
    "api-version": "2018-02-01",
    // A resource, where the other way has a scope of it.
    resource: credential.scope.replace(/\.default$/, ""),
    ...(credential.id === undefined ? {} : { client_id: credential.id }),
  })
  return [`${credential.url}/metadata/identity/oauth2/token?${query}`, { headers: { metadata: "true" } }]
}

const parse = (text: string): Readonly<Record<string, unknown>> => {
  try {
    const body: unknown = JSON.parse(text)
    return isObject(body) ? body : {}
  } catch {
    return {}
  }
}

/** `invalid_client: AADSTS7000215: Invalid client secret provided.`, without the trace ids on the lines below it. */
const wordsOf = ({ error, error_description: description }: Readonly<Record<string, unknown>>): string =>
  redact(
    [error, description]
      .filter((word) => typeof word === "string" && word !== "")
      .map((word) => String(word).split(/\r?\n| Trace ID:/)[0])
      .join(": "),
  )

/** Seconds come as a number, or as a text from the metadata service. */
const readToken = (body: Readonly<Record<string, unknown>>, nowMs: number): Expiring<string> | undefined => {
  const { access_token: value, expires_in: lifetime } = body
  if (typeof value !== "string" || value === "") return undefined
  const seconds = Number(lifetime)
  return { value, expiresAt: nowMs + (Number.isFinite(seconds) ? seconds : 0) * 1000 }
}

/** Fetches an access token. Every failure is `provider_auth` and says what the operator should look at. */
export const obtainToken =
  (provider: string, credential: Credential, outside: Outside) =>
  async (signal: AbortSignal): Promise<Expiring<string>> => {
    const { name, check } = places[credential.type]
    const startedAt = outside.clock.now()
    const [url, init] = ask(credential)
    let response: Response
    let text: string
    try {
      response = await outside.fetch(url, { ...init, signal, redirect: "manual" })
      text = await response.text()
    } catch (cause) {
      if (signal.aborted) throw signal.reason
      throw failure(provider, `${name} cannot be reached for an access token. ${check}`, cause)
    }
    const body = parse(text)
    const said = wordsOf(body)
    if (!response.ok)
      throw failure(
        provider,
        `${name} gives no access token (status ${response.status}${said ? `, ${said}` : ""}). ${check}`,
      )
    const token = readToken(body, startedAt)
    if (token === undefined) throw failure(provider, `${name} answered without an access token. ${check}`)
    return token
  }
