import type { OutgoingRequest } from "signalbox/plugin"
import { cachedCredentials } from "./credentials/cache.ts"
import { credentialChain } from "./credentials/chain.ts"
import type { Options } from "./options.ts"
import type { Services } from "./services.ts"
import { signRequest } from "./signature.ts"

/** How requests to one account prove who sends them. */
export interface Signing {
  sign(
    request: OutgoingRequest,
    service: "bedrock" | "bedrock-mantle",
    signal: AbortSignal,
    method?: "GET",
  ): Promise<OutgoingRequest>
  /** The upstream says that the credentials have ended. */
  forget(): void
}

/** A Bedrock API key is sent as it is, and wins over everything else, as in AWS's own SDKs. */
const bearer = (token: string): Signing => ({
  sign: (request) => Promise.resolve({ ...request, headers: { ...request.headers, authorization: `Bearer ${token}` } }),
  forget: () => {},
})

const signature = (options: Options, region: string, services: Services): Signing => {
  const credentials = cachedCredentials(credentialChain(options, region, services), services.now)
  return {
    async sign(request, service, signal, method) {
      const held = await credentials.get(signal)
      return signRequest(request, held, { service, region, now: services.now(), ...(method ? { method } : {}) })
    },
    forget: () => credentials.forget(),
  }
}

export const createSigning = (apiKey: string | undefined, options: Options, services: Services): Signing => {
  const token = apiKey?.trim()
  // Without a key of one's own the region is known: the options were refused otherwise.
  return token ? bearer(token) : signature(options, options.region ?? "", services)
}
