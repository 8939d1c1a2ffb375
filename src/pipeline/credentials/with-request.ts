import type { BroughtKey, BroughtKeys } from "../../accounts/standing/types.ts"
import { meantBy } from "../../catalog/meant.ts"
import { GatewayError, isObject } from "../../contract/index.ts"
import type { Snapshot, Standing } from "../services.ts"

/** OpenRouter's AI SDK package sends it: slugs of providers with a credential for each. */
const header = "x-provider-api-keys"

const nothing: BroughtKeys = { keys: [], providers: new Set() }

const mostCharacters = 32_768

/**
 * What governs a request that brings credentials of its own: those come before all others. They live as long as the request, and go to
 * nobody but the upstreams that they are for.
 */
export function withOwnCredentials(standing: Standing, headers: Headers, { config, catalog }: Snapshot): Standing {
  const sent = headers.get(header)
  if (sent === null) return standing
  if (!config.byok.perRequest) throw wrong("is not allowed by the configuration of this gateway (byok.per_request)")
  const keys: BroughtKey[] = []
  for (const [slug, credential] of Object.entries(read(sent))) {
    if (typeof credential !== "string" || !/^[\x21-\x7e]+$/.test(credential))
      throw wrong("must give each provider its key as a text of plain characters")
    // Clients send all that they have; providers that are not here are nobody's business.
    const [live, ...others] = meantBy(catalog.providers, slug)
    if (live && others.length === 0)
      keys.push({ id: "", provider: live.id, credential, isFallback: false, sortOrder: -1 })
  }
  if (keys.length === 0) return standing
  const { keys: before, providers } = standing.brought ?? nothing
  const brought = {
    keys: [...keys, ...before],
    providers: new Set([...providers, ...keys.map(({ provider }) => provider)]),
  }
  return { ...standing, brought }
}

function read(sent: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = sent.length > mostCharacters ? undefined : JSON.parse(sent)
    if (isObject(parsed)) return parsed
  } catch {
    // Told below: the parser's words would quote what they read.
  }
  throw wrong('must be a JSON object of credentials by provider, like {"openai":"sk-…"}')
}

const wrong = (want: string): GatewayError =>
  new GatewayError("invalid_request", `The header X-Provider-API-Keys ${want}.`, { param: "X-Provider-API-Keys" })
