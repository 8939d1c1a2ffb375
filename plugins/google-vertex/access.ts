import { cacheCredential, type ProviderSettings, type Sign } from "signalbox/plugin"
import type { VertexSettings } from "./settings.ts"
import { type Outside, obtainToken } from "./tokens.ts"

/** Puts the proof of identity on requests. */
export interface Authorizer {
  /** Headers of every request that need no waiting. */
  readonly headers: Readonly<Record<string, string>>
  /** Absent where `headers` say everything. */
  readonly sign?: Sign
  /** The upstream refused the token. */
  refused(): void
}

export const authorizerOf = (settings: ProviderSettings, { access }: VertexSettings, outside: Outside): Authorizer => {
  const headers: Record<string, string> = {}
  if (access.type === "express") headers["x-goog-api-key"] = access.key
  if (access.type === "token") headers.authorization = `Bearer ${access.token}`
  for (const [name, value] of Object.entries(settings.headers)) headers[name.toLowerCase()] = value
  if (access.type !== "credential" || headers.authorization !== undefined) return { headers, refused() {} }
  const tokens = cacheCredential(obtainToken(settings.id, access.credential, outside), () => outside.clock.now())
  return {
    headers,
    sign: async (request, signal) => ({
      ...request,
      headers: { ...request.headers, authorization: `Bearer ${await tokens.get(signal)}` },
    }),
    refused: () => tokens.forget(),
  }
}
