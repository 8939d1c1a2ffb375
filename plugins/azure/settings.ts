import { GatewayError, isObject, type ProviderSettings } from "signalbox/plugin"

/** Microsoft Entra's ways to a token. */
export type Credential =
  | {
      readonly type: "client"
      readonly authority: string
      readonly tenant: string
      readonly id: string
      readonly secret: string
      readonly scope: string
    }
  /** The identity of the machine; `id` names one of several. */
  | { readonly type: "managed-identity"; readonly url: string; readonly id?: string; readonly scope: string }

export type Access =
  | { readonly type: "key"; readonly key: string }
  | { readonly type: "token"; readonly token: string }
  | { readonly type: "credential"; readonly credential: Credential }
  /** The operator's own header, or a proxy behind `base_url` that knows. */
  | { readonly type: "none" }

export interface AzureSettings {
  readonly access: Access
  readonly resource?: string
  readonly apiVersion?: string
  readonly region?: string
  readonly deployments: Readonly<Record<string, string>>
}

/** Environment variables that stand in for options, as Azure's SDKs name them. */
const variableOf: Readonly<Record<string, string>> = {
  resource: "AZURE_RESOURCE_NAME",
  tenant_id: "AZURE_TENANT_ID",
  client_id: "AZURE_CLIENT_ID",
  client_secret: "AZURE_CLIENT_SECRET",
}

export const variables: readonly string[] = Object.values(variableOf)

const texts = [
  "access_token",
  "api_version",
  "authority",
  "client_id",
  "client_secret",
  "metadata",
  "region",
  "resource",
  "scope",
  "tenant_id",
]
const known = [...texts, "deployments", "managed_identity"].sort()

const usualScope = "https://cognitiveservices.azure.com/.default"
const usualAuthority = "https://login.microsoftonline.com"
const usualMetadata = "http://169.254.169.254"

export const refuse = (settings: ProviderSettings, param: string, problem: string): GatewayError =>
  new GatewayError("invalid_request", `provider ${settings.id}: ${param} ${problem}`, { param })

const isText = (value: unknown): value is string => typeof value === "string" && value !== ""

const textOf = ({ options }: ProviderSettings, name: string): string | undefined => {
  const value = options[name]
  return isText(value) ? value : undefined
}

/** The option, or the environment variable that stands in for it. */
const anyText = (settings: ProviderSettings, name: string): string | undefined =>
  textOf(settings, name) ?? settings.variables?.[variableOf[name] ?? ""]

const checkNames = (settings: ProviderSettings): void => {
  for (const [name, value] of Object.entries(settings.options)) {
    if (!known.includes(name)) throw refuse(settings, `options.${name}`, `is not known; known: ${known.join(", ")}`)
    if (texts.includes(name) && !isText(value)) throw refuse(settings, `options.${name}`, "must be a text")
  }
}

const address = (settings: ProviderSettings, name: string, usual: string): string => {
  const value = textOf(settings, name) ?? usual
  if (!/^https?:\/\//i.test(value) || !URL.canParse(value))
    throw refuse(settings, `options.${name}`, "must be an address with https://")
  return value.replace(/\/+$/, "")
}

const clientOf = (settings: ProviderSettings, read: typeof textOf): Credential | undefined => {
  const [tenant, id, secret] = [
    read(settings, "tenant_id"),
    read(settings, "client_id"),
    read(settings, "client_secret"),
  ]
  if (secret === undefined) return undefined
  if (tenant === undefined || id === undefined)
    throw refuse(
      settings,
      `options.${tenant === undefined ? "tenant_id" : "client_id"}`,
      "is missing: tenant_id, client_id and client_secret belong together",
    )
  // It becomes part of an address.
  if (!/^[a-z0-9][a-z0-9.-]*$/i.test(tenant))
    throw refuse(settings, "options.tenant_id", "must be a tenant's id or domain")
  const scope = textOf(settings, "scope") ?? usualScope
  return { type: "client", authority: address(settings, "authority", usualAuthority), tenant, id, secret, scope }
}

const managedOf = (settings: ProviderSettings): Credential | undefined => {
  const value = settings.options.managed_identity
  if (value === undefined || value === false) return undefined
  if (value !== true && !isText(value))
    throw refuse(settings, "options.managed_identity", "must be true, or the client id of the identity")
  const scope = textOf(settings, "scope") ?? usualScope
  const url = address(settings, "metadata", usualMetadata)
  return { type: "managed-identity", url, scope, ...(value === true ? {} : { id: value }) }
}

const accessOf = (settings: ProviderSettings): Access => {
  const token = textOf(settings, "access_token")
  const chosen: Access[] = [
    ...(token === undefined ? [] : [{ type: "token" as const, token }]),
    ...[clientOf(settings, textOf), managedOf(settings)]
      .filter((one) => one !== undefined)
      .map((credential) => ({ type: "credential" as const, credential })),
  ]
  if (chosen.length > 1)
    throw refuse(
      settings,
      "options",
      "name more than one credential; give one of client_secret with tenant_id and client_id, managed_identity, access_token",
    )
  if (chosen[0] !== undefined) return chosen[0]
  if (settings.apiKey) return { type: "key", key: settings.apiKey }
  const fromVariables = clientOf(settings, anyText)
  if (fromVariables !== undefined) return { type: "credential", credential: fromVariables }
  const own = Object.keys(settings.headers).some((name) => /^(?:authorization|api-key|x-api-key)$/i.test(name))
  if (own || settings.baseUrl !== undefined) return { type: "none" }
  throw refuse(
    settings,
    "api_key",
    "is missing; set it or AZURE_API_KEY, or give tenant_id, client_id and client_secret, or managed_identity: true",
  )
}

const deploymentsOf = (settings: ProviderSettings): Readonly<Record<string, string>> => {
  const value = settings.options.deployments
  if (value === undefined) return {}
  if (!isObject(value) || !Object.values(value).every(isText))
    throw refuse(settings, "options.deployments", "must be a map: name of the deployment → model")
  return value as Readonly<Record<string, string>>
}

/** Reads an entry of `providers:`. Throws GatewayError `invalid_request` with the path of what is wrong. */
export const readSettings = (settings: ProviderSettings): AzureSettings => {
  checkNames(settings)
  const resource = anyText(settings, "resource")
  if (resource !== undefined && !/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/i.test(resource))
    throw refuse(settings, "options.resource", "must be the resource's name alone, without a host")
  if (resource === undefined && settings.baseUrl === undefined)
    throw refuse(settings, "options.resource", "is missing; set it, AZURE_RESOURCE_NAME, or base_url")
  const apiVersion = textOf(settings, "api_version")
  if (apiVersion !== undefined && !/^[a-z0-9][a-z0-9.-]*$/i.test(apiVersion))
    throw refuse(settings, "options.api_version", "must be a version such as 2024-10-21, v1 or preview")
  const region = textOf(settings, "region")
  return {
    access: accessOf(settings),
    deployments: deploymentsOf(settings),
    ...(resource === undefined ? {} : { resource }),
    ...(apiVersion === undefined ? {} : { apiVersion }),
    ...(region === undefined ? {} : { region }),
  }
}
