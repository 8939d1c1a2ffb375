import { isObject } from "signalbox/plugin"

/** Where Google's tokens come from, unless the key file names another place. */
const usualTokenUrl = "https://oauth2.googleapis.com/token"
const scope = "https://www.googleapis.com/auth/cloud-platform"
const lifetimeSeconds = 3600

/** The parts of a service account's key file that matter. */
export interface ServiceAccount {
  readonly type: "service-account"
  readonly email: string
  /** PKCS #8, PEM. */
  readonly privateKey: string
  readonly privateKeyId?: string
  readonly tokenUrl: string
  readonly project?: string
}

/** What `gcloud auth application-default login` writes. */
export interface AuthorizedUser {
  readonly type: "authorized-user"
  readonly clientId: string
  readonly clientSecret: string
  readonly refreshToken: string
  readonly tokenUrl: string
  readonly project?: string
}

/** Says what is wrong, never what it read. */
export class BadKeyFile extends Error {}

/** Line breaks come as `\n` from environment variables. */
const pem = (text: string): string => text.replaceAll("\\n", "\n").trim()

export const serviceAccount = (fields: {
  readonly email: string
  readonly privateKey: string
  readonly privateKeyId?: string | undefined
  readonly tokenUrl?: string | undefined
  readonly project?: string | undefined
}): ServiceAccount => {
  const privateKey = pem(fields.privateKey)
  if (!/^-----BEGIN PRIVATE KEY-----[\s\S]+-----END PRIVATE KEY-----$/.test(privateKey))
    throw new BadKeyFile("has no PKCS #8 key between BEGIN PRIVATE KEY and END PRIVATE KEY")
  return {
    type: "service-account",
    email: fields.email,
    privateKey,
    tokenUrl: fields.tokenUrl ?? usualTokenUrl,
    ...(fields.privateKeyId === undefined ? {} : { privateKeyId: fields.privateKeyId }),
    ...(fields.project === undefined ? {} : { project: fields.project }),
  }
}

const parse = (value: unknown): unknown => {
  if (typeof value !== "string") return value
  try {
    return JSON.parse(value)
  } catch {
    throw new BadKeyFile("is not JSON; give the content of the key file, for example ${file:/etc/signalbox/key.json}")
  }
}

/** A key file, as text or already parsed. */
export const readKeyFile = (value: unknown): ServiceAccount | AuthorizedUser => {
  const file = parse(value)
  if (!isObject(file)) throw new BadKeyFile("must be the content of a key file")
  const text = (name: string): string | undefined => {
    const found = file[name]
    return typeof found === "string" && found !== "" ? found : undefined
  }
  const need = (name: string): string => {
    const found = text(name)
    if (found === undefined) throw new BadKeyFile(`has no ${name}`)
    return found
  }
  const project = text("project_id") ?? text("quota_project_id")
  if (file.type === "authorized_user")
    return {
      type: "authorized-user",
      clientId: need("client_id"),
      clientSecret: need("client_secret"),
      refreshToken: need("refresh_token"),
      tokenUrl: text("token_uri") ?? usualTokenUrl,
      ...(project === undefined ? {} : { project }),
    }
  if (file.type !== undefined && file.type !== "service_account")
    throw new BadKeyFile(`is of type ${String(file.type)}; known: service_account, authorized_user`)
  return serviceAccount({
    email: need("client_email"),
    privateKey: need("private_key"),
    privateKeyId: text("private_key_id"),
    tokenUrl: text("token_uri"),
    project,
  })
}

/** The signed claim that is exchanged for a token (developers.google.com, OAuth for server to server applications). */
export const signAssertion = async (account: ServiceAccount, nowMs: number): Promise<string> => {
  const issuedAt = Math.floor(nowMs / 1000)
  // Here, so that a gateway without service accounts does not load it.
  const { importPKCS8, SignJWT } = await import("jose")
  return new SignJWT({ scope })
    .setProtectedHeader({
      alg: "RS256",
      typ: "JWT",
      ...(account.privateKeyId === undefined ? {} : { kid: account.privateKeyId }),
    })
    .setIssuer(account.email)
    .setAudience(account.tokenUrl)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + lifetimeSeconds)
    .sign(await importPKCS8(account.privateKey, "RS256"))
}
