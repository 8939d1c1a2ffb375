import type { LiveWire } from "../services.ts"
import type { Try } from "./try.ts"

type Forwarded = Readonly<Record<string, string>>

const none: Forwarded = {}

/**
 * The client's headers that belong to its wire format (Anthropic's betas and version): sent on where the upstream speaks the same
 * format, reported as lost where it does not.
 */
export function forwardedHeaders(current: Try, { wire }: LiveWire): Forwarded {
  const { client, inbound } = current.exchange
  const { forwardedHeaders: names } = client
  if (names.length === 0) return none
  const found: Record<string, string> = {}
  for (const name of names) {
    const value = inbound.headers.get(name)
    if (value !== null) found[name] = value
  }
  if (wire.dialect.name === client.name) return found
  for (const name of Object.keys(found)) {
    // A version is how the client speaks to us; only what asks for something is lost.
    if (name.endsWith("-version")) continue
    current.lose({
      path: `headers.${name}`,
      action: "dropped",
      code: "header_dropped",
      reason: "the upstream does not know this vendor's headers",
    })
  }
  return none
}
