import { messages } from "signalbox/dialects"
import {
  type Abilities,
  type AbilityCall,
  type ChatRequest,
  type Endpoint,
  GatewayError,
  type JsonObject,
  type Profile,
} from "signalbox/plugin"

/** The fields of a message that count (platform.claude.com, count tokens); any other is refused there. */
const counted: ReadonlySet<string> = new Set([
  "model",
  "messages",
  "system",
  "tools",
  "tool_choice",
  "thinking",
  "output_config",
  "cache_control",
  "context_management",
  "mcp_servers",
])

const tokensIn = (answer: string): unknown => {
  try {
    return (JSON.parse(answer) as { readonly input_tokens?: unknown } | null)?.input_tokens
  } catch {
    // Told as what it is: no count.
    return undefined
  }
}

/** Counts a request by Anthropic's own tokenizer: the body that would be sent, at the address beside it. */
export const tokenCounter = (
  endpoint: Endpoint,
  profile: (model: string) => Profile,
): NonNullable<Abilities["countTokens"]> => ({
  async run(request: ChatRequest, { model, lose, send }: AbilityCall): Promise<number> {
    const body = messages.encodeRequest(request, { model, profile: profile(model), lose })
    const fields: JsonObject = Object.fromEntries(Object.entries(body).filter(([key]) => counted.has(key)))
    const response = await send({
      url: `${endpoint.url}/count_tokens`,
      headers: endpoint.headers,
      body: JSON.stringify(fields),
    })
    const tokens = tokensIn(await response.text())
    if (typeof tokens !== "number" || !Number.isInteger(tokens) || tokens < 0)
      throw new GatewayError("bad_provider_response", "The upstream's token count is not a number")
    return tokens
  },
})
