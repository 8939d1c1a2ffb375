import type { ProviderSettings } from "signalbox/plugin"
import { isRegion } from "./hosts.ts"
import { Reader } from "./options-reader.ts"

/** Where the plugin finds what is not at AWS's usual address (VPC endpoints, proxies, tests). */
export const endpointNames = ["runtime", "control", "mantle", "agent_runtime", "sts", "container", "metadata"] as const
export type EndpointName = (typeof endpointNames)[number]

export const wireNames = ["invoke", "mantle", "converse"] as const
export type WireName = (typeof wireNames)[number]

export interface AssumeRole {
  readonly arn: string
  readonly sessionName: string
  readonly externalId?: string
}

export interface Options {
  /** Undefined only where nothing needs it: an address and a key of one's own say everything. */
  readonly region: string | undefined
  readonly accessKeyId?: string
  readonly secretAccessKey?: string
  readonly sessionToken?: string
  readonly assumeRole?: AssumeRole
  /** The container's credentials, as AWS's variables give them. */
  readonly container?: { readonly url: string; readonly token?: string; readonly tokenFile?: string }
  readonly instanceMetadata: boolean
  readonly endpoints: Readonly<Partial<Record<EndpointName, string>>>
  readonly wires: readonly WireName[]
  readonly mantleModels: readonly string[]
  readonly baseModels: Readonly<Record<string, string>>
  /** Betas that are let through beside those known to work. */
  readonly betas: readonly string[]
  readonly guardrail?: { readonly id: string; readonly version: string; readonly trace?: string }
  readonly latency?: string
  readonly serviceTier?: string
}

/** The usual variables of AWS's own tools. */
export const variables = [
  "AWS_REGION",
  "AWS_DEFAULT_REGION",
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
  "AWS_CONTAINER_CREDENTIALS_FULL_URI",
  "AWS_CONTAINER_AUTHORIZATION_TOKEN",
  "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
  "AWS_EC2_METADATA_DISABLED",
  "AWS_ENDPOINT_URL_BEDROCK_RUNTIME",
] as const

/** Fixed address of the container's credentials in ECS (docs.aws.amazon.com, task IAM roles). */
const containerHost = "http://169.254.170.2"

const known = [
  "region",
  "access_key_id",
  "secret_access_key",
  "session_token",
  "assume_role",
  "instance_metadata",
  "endpoints",
  "wires",
  "mantle_models",
  "base_models",
  "betas",
  "guardrail",
  "latency",
  "service_tier",
]

const withoutSlash = (url: string) => url.replace(/\/+$/, "")

const readEndpoints = (reader: Reader, settings: ProviderSettings): Options["endpoints"] => {
  const inner = reader.inner("endpoints")?.only(endpointNames)
  const out: Partial<Record<EndpointName, string>> = {}
  for (const name of endpointNames) {
    const url = inner?.text(name)
    if (url === undefined) continue
    if (!/^https?:\/\/[^/]/.test(url)) throw (inner as Reader).refuse(name, "must be a URL")
    out[name] = withoutSlash(url)
  }
  const runtime = out.runtime ?? settings.baseUrl ?? settings.variables?.AWS_ENDPOINT_URL_BEDROCK_RUNTIME
  return runtime === undefined ? out : { ...out, runtime: withoutSlash(runtime) }
}

const readContainer = (set: Readonly<Record<string, string>>, host: string | undefined): Options["container"] => {
  const relative = set.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI
  const url = relative === undefined ? set.AWS_CONTAINER_CREDENTIALS_FULL_URI : `${host ?? containerHost}${relative}`
  if (url === undefined) return undefined
  const token = set.AWS_CONTAINER_AUTHORIZATION_TOKEN
  const tokenFile = set.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE
  return { url, ...(token === undefined ? {} : { token }), ...(tokenFile === undefined ? {} : { tokenFile }) }
}

const readRole = (reader: Reader): AssumeRole | undefined => {
  const inner = reader.inner("assume_role")?.only(["arn", "session_name", "external_id"])
  if (!inner) return undefined
  const externalId = inner.text("external_id")
  return {
    arn: inner.demand("arn"),
    sessionName: inner.text("session_name") ?? "signalbox",
    ...(externalId === undefined ? {} : { externalId }),
  }
}

const readGuardrail = (reader: Reader): Options["guardrail"] => {
  const inner = reader.inner("guardrail")?.only(["id", "version", "trace"])
  if (!inner) return undefined
  const trace = inner.text("trace")
  return {
    id: inner.demand("id"),
    version: inner.text("version") ?? "DRAFT",
    ...(trace === undefined ? {} : { trace }),
  }
}

/** The keys that the file gives, or those of the environment; never a half of each. */
const readKeys = (
  reader: Reader,
  set: Readonly<Record<string, string>>,
): Pick<Options, "accessKeyId" | "secretAccessKey" | "sessionToken"> => {
  const own = {
    id: reader.text("access_key_id"),
    secret: reader.text("secret_access_key"),
    token: reader.text("session_token"),
  }
  const byFile = own.id !== undefined || own.secret !== undefined
  const id = byFile ? own.id : set.AWS_ACCESS_KEY_ID
  const secret = byFile ? own.secret : set.AWS_SECRET_ACCESS_KEY
  const token = byFile ? own.token : set.AWS_SESSION_TOKEN
  if (id === undefined && secret === undefined) return {}
  if (id === undefined) throw reader.refuse("access_key_id", "is missing beside secret_access_key")
  if (secret === undefined) throw reader.refuse("secret_access_key", "is missing beside access_key_id")
  return { accessKeyId: id, secretAccessKey: secret, ...(token === undefined ? {} : { sessionToken: token }) }
}

/** An entry's options and the usual variables as one value. Throws `invalid_request` with the path of the option at fault. */
export const readOptions = (settings: ProviderSettings): Options => {
  const set = settings.variables ?? {}
  const reader = new Reader(settings, settings.options, "options.").only(known)
  const region = reader.text("region") ?? set.AWS_REGION ?? set.AWS_DEFAULT_REGION
  if (region !== undefined && !isRegion(region))
    throw reader.refuse("region", `is no AWS region: ${JSON.stringify(region)}`)
  const wires = reader.texts("wires") ?? wireNames
  for (const wire of wires)
    if (!(wireNames as readonly string[]).includes(wire))
      throw reader.refuse("wires", `must be of ${wireNames.join(", ")}`)
  const endpoints = readEndpoints(reader, settings)
  // Hosts and signatures are made of it.
  if (region === undefined && (endpoints.runtime === undefined || !settings.apiKey))
    throw reader.refuse("region", "is missing; set it or AWS_REGION, for example eu-central-1")
  const [assumeRole, container] = [readRole(reader), readContainer(set, endpoints.container)]
  const [guardrail, latency, serviceTier] = [readGuardrail(reader), reader.text("latency"), reader.text("service_tier")]
  return {
    region,
    ...readKeys(reader, set),
    ...(assumeRole ? { assumeRole } : {}),
    ...(container ? { container } : {}),
    instanceMetadata: reader.flag("instance_metadata", set.AWS_EC2_METADATA_DISABLED !== "true"),
    endpoints,
    wires: wires as readonly WireName[],
    mantleModels: reader.texts("mantle_models") ?? [],
    baseModels: reader.map("base_models"),
    betas: reader.texts("betas") ?? [],
    ...(guardrail ? { guardrail } : {}),
    ...(latency === undefined ? {} : { latency }),
    ...(serviceTier === undefined ? {} : { serviceTier }),
  }
}
