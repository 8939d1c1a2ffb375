import {
  type Ability,
  type ChatRequest,
  type Endpoint,
  GatewayError,
  type JsonObject,
  type Profile,
} from "../../contract/index.ts"
import { jsonReply } from "../media/endpoint.ts"
import { encodeRequest } from "./request/encode.ts"

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

/** Counts a request by the upstream's own tokenizer: the body that would be sent to `endpoint`, at the address beside it. */
export const messagesTokenCount = (
  endpoint: Endpoint,
  profile: (model: string) => Profile,
): Ability<ChatRequest, number> => ({
  async run(request, { model, lose, send }) {
    const body = encodeRequest(request, { model, profile: profile(model), lose })
    const fields: JsonObject = Object.fromEntries(Object.entries(body).filter(([key]) => counted.has(key)))
    const url = `${endpoint.url}/count_tokens`
    const response = await send({ url, headers: endpoint.headers, body: JSON.stringify(fields) })
    const { input_tokens: tokens } = await jsonReply(response)
    if (typeof tokens !== "number" || !Number.isInteger(tokens) || tokens < 0)
      throw new GatewayError("bad_provider_response", "The upstream's token count is not a number")
    return tokens
  },
})
