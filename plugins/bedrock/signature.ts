import type { OutgoingRequest } from "signalbox/plugin"
import type { Credentials } from "./credentials/credentials.ts"

export interface SignatureScope {
  /** As AWS names the service in signatures: `bedrock`, `bedrock-mantle`, `sts`. */
  readonly service: string
  readonly region: string
  /** Milliseconds. */
  readonly now: number
  /** Default `POST`. */
  readonly method?: "GET" | "POST"
}

/** `20261120T134500Z`. */
const timestamp = (milliseconds: number) => new Date(milliseconds).toISOString().replace(/[:-]|\.\d{3}/g, "")

/** Derived keys, a day's worth each: deriving one is four rounds of HMAC. Kept by the credentials object, and gone with it. */
const derived = new WeakMap<Credentials, Map<string, ArrayBuffer>>()

const keysOf = (credentials: Credentials): Map<string, ArrayBuffer> => {
  const held = derived.get(credentials)
  // One entry per day, region and service: old days go when there are many.
  if (held && held.size < 16) return held
  const fresh = new Map<string, ArrayBuffer>()
  derived.set(credentials, fresh)
  return fresh
}

/** Signature Version 4 over the final bytes: nothing may change after it. */
export const signRequest = async (
  request: OutgoingRequest,
  credentials: Credentials,
  { service, region, now, method = "POST" }: SignatureScope,
): Promise<OutgoingRequest> => {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials
  // Here, so that a gateway without AWS does not load it.
  const { AwsV4Signer } = await import("aws4fetch")
  const signer = new AwsV4Signer({
    method,
    url: request.url,
    headers: request.headers,
    ...(method === "GET" ? {} : { body: request.body }),
    accessKeyId,
    secretAccessKey,
    ...(sessionToken === undefined ? {} : { sessionToken }),
    service,
    region,
    datetime: timestamp(now),
    cache: keysOf(credentials),
  })
  const { headers } = await signer.sign()
  return { ...request, headers: Object.fromEntries((headers as Headers).entries()) }
}
