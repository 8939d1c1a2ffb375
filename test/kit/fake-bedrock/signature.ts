import { createHash, createHmac } from "node:crypto"

export interface SignedRequest {
  readonly method: string
  /** As it went over the wire, escapes and all. */
  readonly path: string
  readonly query: string
  readonly headers: Headers
  readonly body: string
}

export interface KnownKey {
  readonly secret: string
  readonly token?: string
}

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex")
const hmac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest()

/** Every byte but the unreserved ones, slashes kept: what services other than S3 do to the path that arrived. */
const escapeSegment = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)

const canonicalPath = (path: string) => path.split("/").map(escapeSegment).join("/")

const parse = (header: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    header
      .slice("AWS4-HMAC-SHA256 ".length)
      .split(", ")
      .map((field) => field.split("=") as [string, string]),
  )

/**
 * Computes the signature anew, as docs.aws.amazon.com describes it, and says what is wrong with the one that came; undefined = nothing.
 * Shares no code with the library that signs.
 */
export const signatureProblem = (
  request: SignedRequest,
  keys: Readonly<Record<string, KnownKey>>,
  expected: { readonly service: string; readonly region: string },
): string | undefined => {
  const { method, path, query, headers, body } = request
  const authorization = headers.get("authorization") ?? ""
  if (!authorization.startsWith("AWS4-HMAC-SHA256 ")) return "no signature"
  const { Credential = "", SignedHeaders = "", Signature = "" } = parse(authorization)
  const [id = "", day = "", region = "", service = "", end = ""] = Credential.split("/")
  const key = keys[id]
  if (!key) return "UnrecognizedClientException"
  if (region !== expected.region || service !== expected.service || end !== "aws4_request")
    return `scope ${region}/${service}/${end}`
  if ((headers.get("x-amz-security-token") ?? undefined) !== key.token) return "ExpiredTokenException"
  const names = SignedHeaders.split(";")
  for (const name of ["host", "x-amz-date"]) if (!names.includes(name)) return `${name} is not signed`
  if (key.token !== undefined && !names.includes("x-amz-security-token")) return "the token is not signed"
  const stamp = headers.get("x-amz-date") ?? ""
  if (!stamp.startsWith(day)) return "two dates"
  const lines = names.map((name) => `${name}:${(headers.get(name) ?? "").trim().replace(/\s+/g, " ")}\n`).join("")
  const canonical = [method, canonicalPath(path), query, lines, SignedHeaders, sha256(body)].join("\n")
  const scope = [day, region, service, "aws4_request"].join("/")
  const text = ["AWS4-HMAC-SHA256", stamp, scope, sha256(canonical)].join("\n")
  const signing = [day, region, service, "aws4_request"].reduce<string | Buffer>(
    (held, part) => hmac(held, part),
    `AWS4${key.secret}`,
  )
  return hmac(signing, text).toString("hex") === Signature ? undefined : "SignatureDoesNotMatch"
}
