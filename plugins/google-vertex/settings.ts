import { GatewayError, messageOf, type ProviderSettings } from "signalbox/plugin"
import { isLocation } from "./location.ts"
import { BadKeyFile, readKeyFile, serviceAccount } from "./service-account.ts"
import type { Credential } from "./tokens.ts"

/** How requests prove who sends them. */
export type Access =
  /** An API key of express mode: Gemini only, no project, no location. */
  | { readonly type: "express"; readonly key: string }
  /** An access token that somebody else renews. */
  | { readonly type: "token"; readonly token: string }
  | { readonly type: "credential"; readonly credential: Credential }
  /** The operator's own header, or a proxy behind `base_url` that knows. */
  | { readonly type: "none" }

export interface VertexSettings {
  readonly access: Access
  /** Absent in express mode only. */
  readonly project?: string
  readonly location: string
}

/** Environment variables that stand in for options, as Google's and Vercel's SDKs name them. */
const variableOf: Readonly<Record<string, string>> = {
  project: "GOOGLE_VERTEX_PROJECT",
  location: "GOOGLE_VERTEX_LOCATION",
  client_email: "GOOGLE_CLIENT_EMAIL",
  private_key: "GOOGLE_PRIVATE_KEY",
  private_key_id: "GOOGLE_PRIVATE_KEY_ID",
}

export const variables: readonly string[] = Object.values(variableOf)

const known = [
  "access_token",
  "client_email",
  "location",
  "metadata",
  "private_key",
  "private_key_id",
  "project",
  "service_account",
]

const usualMetadata = "http://metadata.google.internal"

const refuse = (settings: ProviderSettings, param: string, problem: string): GatewayError =>
  new GatewayError("invalid_request", `provider ${settings.id}: ${param} ${problem}`, { param })

const isText = (value: unknown): value is string => typeof value === "string" && value !== ""

const textOf = (settings: ProviderSettings, name: string): string | undefined => {
  const value = settings.options[name]
  if (value === undefined) return undefined
  if (!isText(value)) throw refuse(settings, `options.${name}`, "must be a text")
  return value
}

/** The option, or the environment variable that stands in for it. */
const anyText = (settings: ProviderSettings, name: string): string | undefined =>
  textOf(settings, name) ?? settings.variables?.[variableOf[name] ?? ""]

const guarded = <T>(settings: ProviderSettings, param: string, read: () => T): T => {
  try {
    return read()
  } catch (thrown) {
    if (thrown instanceof BadKeyFile) throw refuse(settings, param, messageOf(thrown))
    throw thrown
  }
}

const pairOf = (settings: ProviderSettings, read: typeof textOf): Credential | undefined => {
  const [email, privateKey] = [read(settings, "client_email"), read(settings, "private_key")]
  if (email === undefined && privateKey === undefined) return undefined
  if (email === undefined || privateKey === undefined)
    throw refuse(
      settings,
      `options.${email === undefined ? "client_email" : "private_key"}`,
      "is missing: client_email and private_key belong together",
    )
  const privateKeyId = read(settings, "private_key_id")
  return guarded(settings, "options.private_key", () => serviceAccount({ email, privateKey, privateKeyId }))
}

const metadataOf = (settings: ProviderSettings): Credential | undefined => {
  const value = settings.options.metadata
  if (value === undefined || value === false) return undefined
  if (value === true) return { type: "metadata", url: usualMetadata }
  if (!isText(value) || !URL.canParse(value))
    throw refuse(settings, "options.metadata", "must be true, or the address of the metadata server")
  return { type: "metadata", url: value.replace(/\/+$/, "") }
}

/** Everything that `options:` gives as a credential; more than one is a contradiction. */
const chosen = (settings: ProviderSettings): readonly Access[] => {
  const { service_account: file } = settings.options
  const token = textOf(settings, "access_token")
  const credentials = [
    file === undefined ? undefined : guarded(settings, "options.service_account", () => readKeyFile(file)),
    pairOf(settings, textOf),
    metadataOf(settings),
  ].filter((one) => one !== undefined)
  return [
    ...(token === undefined ? [] : [{ type: "token" as const, token }]),
    ...credentials.map((credential) => ({ type: "credential" as const, credential })),
  ]
}

const accessOf = (settings: ProviderSettings): Access => {
  const [first, second] = chosen(settings)
  if (second !== undefined)
    throw refuse(
      settings,
      "options",
      "name more than one credential; give one of service_account, client_email with private_key, metadata, access_token",
    )
  if (first !== undefined) return first
  if (settings.apiKey) return { type: "express", key: settings.apiKey }
  const pair = pairOf(settings, anyText)
  if (pair !== undefined) return { type: "credential", credential: pair }
  const own = Object.keys(settings.headers).some((name) => /^(?:authorization|x-goog-api-key)$/i.test(name))
  if (own || settings.baseUrl !== undefined) return { type: "none" }
  throw refuse(
    settings,
    "options.service_account",
    "is missing; give it, client_email with private_key, metadata: true, access_token, or an api_key of express mode",
  )
}

const projectOf = (settings: ProviderSettings, access: Access): string | undefined => {
  const fromFile =
    access.type === "credential" && access.credential.type !== "metadata" ? access.credential.project : undefined
  const project = anyText(settings, "project") ?? fromFile
  if (project === undefined) {
    if (access.type === "express") return undefined
    throw refuse(settings, "options.project", "is missing; set it or GOOGLE_VERTEX_PROJECT")
  }
  // Ids have letters, digits and hyphens; those of domains a colon and dots before that.
  if (!/^[a-z0-9][a-z0-9.:-]*$/i.test(project))
    throw refuse(settings, "options.project", "must be the id or number of a project")
  return project
}

/** Reads an entry of `providers:`. Throws GatewayError `invalid_request` with the path of what is wrong. */
export const readSettings = (settings: ProviderSettings): VertexSettings => {
  for (const name of Object.keys(settings.options))
    if (!known.includes(name)) throw refuse(settings, `options.${name}`, `is not known; known: ${known.join(", ")}`)
  const access = accessOf(settings)
  const project = projectOf(settings, access)
  const location = anyText(settings, "location") ?? "global"
  if (!isLocation(location))
    throw refuse(settings, "options.location", "must be a location such as global, eu, us or europe-west1")
  return { access, location, ...(project === undefined ? {} : { project }) }
}
