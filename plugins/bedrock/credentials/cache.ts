import { type CredentialCache, cacheCredential, GatewayError, messageOf } from "signalbox/plugin"
import { type CredentialSource, type Credentials, credentialsError } from "./credentials.ts"

/** Credentials that are kept until they end; what a place does not give is an error that tells the operator what to do. */
export const cachedCredentials = (source: CredentialSource, now: () => number): CredentialCache<Credentials> => {
  const obtain = async () => {
    let fresh: Credentials | undefined
    try {
      fresh = await source()
    } catch (thrown) {
      throw GatewayError.is(thrown) ? thrown : credentialsError(messageOf(thrown), thrown)
    }
    if (!fresh) throw credentialsError("set api_key (AWS_BEARER_TOKEN_BEDROCK), access keys, or run with a role on AWS")
    const { expiresAt = Number.POSITIVE_INFINITY } = fresh
    if (expiresAt <= now()) throw credentialsError("those that were given have expired")
    return { value: fresh, expiresAt }
  }
  return cacheCredential(obtain, now)
}
