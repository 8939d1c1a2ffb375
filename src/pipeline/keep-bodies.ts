import type { Delivery } from "./deliver/delivery.ts"
import type { Exchange } from "./exchange.ts"

/**
 * Whether the prompt and the answer of a request are kept: where its key says so, and neither the request (`x-signalbox-no-store: true`) nor
 * whoever wants that nobody keeps anything (`zdr`) says otherwise.
 */
export function keepsBodies(exchange: Exchange): boolean {
  if (!exchange.standing.storesBodies) return false
  if (exchange.inbound.headers.get("x-signalbox-no-store") === "true") return false
  return exchange.fields.preferences?.zdr !== true && exchange.plan?.zdr !== true
}

/** The same answer, of which a copy is kept. */
export function keepDelivered(exchange: Exchange, delivery: Delivery): Delivery {
  if (delivery.kind === "whole") {
    keepBody(exchange, delivery.text)
    return delivery
  }
  const most = exchange.snapshot.config.bodies.bodyBytes
  const chunks: Uint8Array[] = []
  let bytes = 0
  let left = 0
  let isKept = false
  const add = (chunk: Uint8Array): void => {
    // A text that is cut is still known by how long it was.
    if (bytes > most) left += chunk.length
    else chunks.push(chunk)
    bytes += chunk.length
  }
  const end = (): void => {
    if (isKept) return
    isKept = true
    keepBody(exchange, new TextDecoder().decode(Buffer.concat(chunks)), left)
  }
  return {
    kind: "stream",
    async pull() {
      const chunk = await delivery.pull()
      if (chunk !== undefined) add(chunk)
      // Before the last event goes out: whoever has read it finds what was kept.
      if (chunk === undefined || exchange.settled) end()
      return chunk
    },
    cancel() {
      delivery.cancel()
      end()
    },
  }
}

/** Of a request that failed, as far as anything of it went to an upstream: what a guardrail stopped is kept nowhere. */
export function keepFailed(exchange: Exchange): void {
  if (exchange.attempts.length > 0) keepBody(exchange, "")
}

/**
 * Of what is no conversation the request, where it is a text: answers are vectors, pictures and sound. One of which something was masked is
 * not kept, since only its pieces went upstream.
 */
export function keepCall(exchange: Exchange): void {
  const { inbound, ability, findings } = exchange
  const isKept = ability !== "countTokens" && inbound.body.startsWith("{")
  if (isKept && !findings.some(({ action }) => action === "mask")) keepBody(exchange, "")
}

function keepBody(exchange: Exchange, answer: string, answerLeft = 0): void {
  const { services, inbound, request, fields } = exchange
  const changed = exchange.isMasked || exchange.asked.transformed
  services.bodies?.keep({
    id: exchange.id,
    keyId: inbound.principal.keyId,
    at: Math.round(services.now()),
    api: exchange.api,
    streamed: fields.stream,
    request: changed ? JSON.stringify({ messages: request?.messages ?? [] }) : inbound.body,
    changed,
    answer,
    answerLeft,
  })
}
