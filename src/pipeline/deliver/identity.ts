import type { ErrorContext, GatewayError, ReplyIdentity } from "../../contract/index.ts"
import type { Exchange } from "../exchange.ts"

const encoder = new TextEncoder()

/** The last event of a stream that fails, in the client's format and the manners of its face. */
export function streamError(exchange: Exchange, error: GatewayError): Uint8Array {
  const { client, inbound } = exchange
  return encoder.encode(client.streamError(error, identityOf(exchange), inbound.face, errorContext(exchange)))
}

export const errorContext = (exchange: Exchange): ErrorContext => ({
  requestId: exchange.inbound.requestId,
  generationId: exchange.id,
  attempts: exchange.attempts
    .filter(({ outcome }) => outcome === "failed")
    .map(({ provider, code, status }) => ({ provider, code: code ?? "internal", status })),
})

export function identityOf(exchange: Exchange): ReplyIdentity {
  const { offer, inbound } = exchange
  return {
    id: exchange.id,
    model: offer?.model ?? exchange.requestedModel,
    provider: offer?.provider ?? "",
    providerName: offer?.live.name ?? "",
    createdSeconds: Math.floor(inbound.startedAt / 1000),
    completedSeconds: () => Math.floor(exchange.services.now() / 1000),
    ...(inbound.client && inbound.echo ? { echo: inbound.echo } : {}),
  }
}
