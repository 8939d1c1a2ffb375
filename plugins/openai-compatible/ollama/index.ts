import { classifyUpstreamError, readErrorWords } from "signalbox/dialects"
import type { Dialect, JsonObject } from "signalbox/plugin"
import type { NativeFormat } from "../vendor.ts"
import { dialectName } from "./names.ts"
import { decodeReply, OllamaDecoder } from "./reply.ts"
import { encodeRequest, type OwnSettings } from "./request.ts"

/** Ollama's own format, which alone can be told how large the context window shall be. */
export const ollamaDialect = (own: OwnSettings): Dialect => ({
  name: dialectName,
  framing: "ndjson",
  encodeRequest: (request, target) => encodeRequest(request, target, own),
  decodeReply,
  decodeStream: (source) => new OllamaDecoder(source),
  decodeError: ({ status, headers, body }, provider) =>
    classifyUpstreamError({ status, headers, body, provider, ...readErrorWords(body) }),
})

const ownSettings = ({ num_ctx, keep_alive }: Readonly<Record<string, unknown>>): OwnSettings => ({
  options: typeof num_ctx === "number" ? { num_ctx } : {},
  top: (typeof keep_alive === "string" ? { keep_alive } : {}) satisfies JsonObject,
})

/**
 * By its imitations of other APIs, Ollama keeps the model's usual window, which may be small, and cuts longer input without a word
 * (docs.ollama.com/faq). With `num_ctx` or `keep_alive` set, its own API is spoken instead of them.
 */
export const ollamaNative: NativeFormat = {
  options: { num_ctx: "number", keep_alive: "text" },
  path: "../api/chat",
  dialect: (options) => ollamaDialect(ownSettings(options)),
  profile: () => ({ mediaUrls: false, pdf: false, reasoningOrigins: ["unknown"] }),
}
