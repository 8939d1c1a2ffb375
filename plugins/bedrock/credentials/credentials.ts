import { GatewayError } from "signalbox/plugin"

/** What signs a request. */
export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
  /** Milliseconds; absent = for ever. */
  readonly expiresAt?: number
}

/** A place that gives credentials. Throws `provider_auth`; undefined = this place has none. */
export type CredentialSource = () => Promise<Credentials | undefined>

/** Why no request can be signed. The next upstream may be tried; this one needs its operator. */
export const credentialsError = (problem: string, cause?: unknown): GatewayError =>
  new GatewayError("provider_auth", `no AWS credentials: ${problem}`, cause === undefined ? {} : { cause })

const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined)

/** `{AccessKeyId, SecretAccessKey, Token, Expiration}`, as containers and instances give them; `SessionToken` is STS's word for the token. */
export const readCredentials = (value: unknown, where: string): Credentials => {
  const fields = typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {}
  const [accessKeyId, secretAccessKey] = [text(fields.AccessKeyId), text(fields.SecretAccessKey)]
  const sessionToken = text(fields.Token) ?? text(fields.SessionToken)
  if (accessKeyId === undefined || secretAccessKey === undefined)
    throw credentialsError(`${where} answered without AccessKeyId and SecretAccessKey`)
  const expiresAt = Date.parse(text(fields.Expiration) ?? "")
  return {
    accessKeyId,
    secretAccessKey,
    ...(sessionToken === undefined ? {} : { sessionToken }),
    ...(Number.isNaN(expiresAt) ? {} : { expiresAt }),
  }
}
