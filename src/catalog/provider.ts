import { type ConfiguredProvider, isSecretName, type Timeouts } from "../config/config.ts"
import type { Provider, ProviderDefinition, ProviderSettings } from "../contract/index.ts"

/** A configured upstream: the plugin's provider made with this entry's settings. */
export interface LiveProvider {
  readonly id: string
  /** For people: `OpenAI`. */
  readonly name: string
  /** Id of its kind. */
  readonly definition: string
  /** Hash of its kind, address and options, credentials left out: who answers by this id, as long as it is the same. */
  readonly identity: string
  readonly provider: Provider
  readonly timeouts: Timeouts
  readonly region: string | undefined
  readonly zdr: boolean | undefined
  readonly dataCollection: "allow" | "deny" | undefined
  /** How it stores weights, where its models do not say otherwise. */
  readonly quantization?: string
  /** Nothing in its entry says who asks: it wants no credential, or one that somebody brings. */
  readonly isKeyless?: boolean
  /** Any name after the slug is offered. */
  readonly open: boolean
  /** The same provider with each of its credentials, this one first; absent where there is one. */
  readonly byCredential?: readonly LiveProvider[]
}

/** Why an entry of `providers:` could not be made. */
export interface ProviderProblem {
  readonly provider: string
  readonly message: string
}

export function settingsOf(
  entry: ConfiguredProvider,
  definition: ProviderDefinition,
  env: Readonly<Record<string, string | undefined>>,
): ProviderSettings {
  const apiKey = entry.apiKey ?? definition.environment?.map((name) => env[name]).find((value) => value)
  const variables = Object.fromEntries(
    (definition.variables ?? []).flatMap((name) => (env[name] ? [[name, env[name]]] : [])),
  )
  return {
    id: entry.id,
    headers: entry.headers,
    options: entry.options,
    variables,
    ...(apiKey ? { apiKey } : {}),
    ...(entry.baseUrl ? { baseUrl: entry.baseUrl } : {}),
  }
}

/** Beside what is called a secret: accounts by their names. */
const isOfAccount = (name: string): boolean =>
  isSecretName(name) ||
  /^(?:service_account|client_email|client_id|tenant_id|metadata|managed_identity|profile|role)/.test(name)

const withoutSecrets = <T>(from: Readonly<Record<string, T>>): Readonly<Record<string, T>> =>
  Object.fromEntries(Object.entries(from).filter(([name]) => !isOfAccount(name)))

/** An entry with another credential, and with none of its own. */
export function withCredential(
  { apiKeys: _, headers, options, ...entry }: ConfiguredProvider,
  apiKey: string,
): ConfiguredProvider {
  return { ...entry, headers: withoutSecrets(headers), options: withoutSecrets(options), apiKey }
}

export const isKeyless = ({ apiKey, headers, options, variables = {} }: ProviderSettings): boolean =>
  !apiKey && ![headers, options, variables].some((given) => Object.keys(given).some(isOfAccount))

/** What of an entry's settings decides who answers. A credential says who asks. */
export function identityOf(definition: string, { baseUrl, options, variables, headers }: ProviderSettings): string {
  const told = JSON.stringify([definition, baseUrl ?? null, options, variables, headers], (name, value: unknown) =>
    isSecretName(name) ? undefined : value,
  )
  return new Bun.CryptoHasher("sha256").update(told).digest("hex").slice(0, 16)
}

/** Where a secret lies is none. */
const isPlace = (name: string): boolean => /_(?:FILE|PATH|URI|URL)$/.test(name)

/** What the environment holds of the credentials that these kinds of provider read: for the log's redaction. */
export const environmentSecrets = (
  definitions: Iterable<ProviderDefinition>,
  env: Readonly<Record<string, string | undefined>>,
): string[] => {
  const found = new Set<string>()
  for (const { environment = [], variables = [] } of definitions) {
    const secret = variables.filter((name) => isSecretName(name) && !isPlace(name))
    for (const name of [...environment, ...secret]) if (env[name]) found.add(env[name])
  }
  return [...found]
}
