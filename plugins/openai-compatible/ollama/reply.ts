import { customToolNames, inlineUpstreamError, unwrapCustomInput, wordsOf } from "signalbox/dialects"
import {
  type ChatPart,
  type DecodeSource,
  emptyUsage,
  type FinishReason,
  GatewayError,
  isObject,
  type Json,
  type JsonObject,
  type StreamDecoder,
  type Usage,
} from "signalbox/plugin"
import { thinkingFormat } from "./names.ts"

const textOf = (value: Json | undefined): string => (typeof value === "string" ? value : "")

const count = (value: Json | undefined): number => (typeof value === "number" && value > 0 ? Math.round(value) : 0)

const usageOf = (reply: JsonObject): Usage => ({
  input: { ...emptyUsage.input, fresh: count(reply.prompt_eval_count) },
  output: { ...emptyUsage.output, text: count(reply.eval_count) },
})

const reasons: Readonly<Record<string, FinishReason>> = { stop: "stop", length: "length", tool_calls: "tool-calls" }

/** Lines → parts. A whole reply is one line that has everything. */
export class OllamaDecoder implements StreamDecoder {
  readonly #source: DecodeSource
  readonly #customTools: ReadonlySet<string>
  #blocks = 0
  #open: { readonly kind: "text" | "reasoning"; readonly index: number } | undefined
  #started = false
  #called = false
  #over = false

  constructor(source: DecodeSource) {
    this.#source = source
    this.#customTools = customToolNames(source.request.tools)
  }

  push({ data }: { readonly data: string }): readonly ChatPart[] {
    if (this.#over) return []
    try {
      const line = JSON.parse(data) as Json
      return isObject(line) ? this.read(line) : []
    } catch {
      return this.#fail(
        new GatewayError("bad_provider_response", "The upstream's stream holds a line that is not JSON"),
      )
    }
  }

  end(): readonly ChatPart[] {
    if (this.#over) return []
    return this.#fail(
      new GatewayError("stream_interrupted", "The upstream's stream ended before its answer was complete"),
    )
  }

  read(line: JsonObject): readonly ChatPart[] {
    if (line.error !== undefined) return this.#fail(inlineUpstreamError(wordsOf(line), "The upstream"))
    const message = isObject(line.message) ? line.message : {}
    const calls = Array.isArray(message.tool_calls) ? message.tool_calls.filter(isObject) : []
    return [
      ...this.#start(line),
      ...this.#write("reasoning", textOf(message.thinking)),
      ...this.#write("text", textOf(message.content)),
      ...calls.flatMap((call) => this.#call(call)),
      ...(line.done === true ? this.#finish(line) : []),
    ]
  }

  #start(line: JsonObject): readonly ChatPart[] {
    if (this.#started) return []
    this.#started = true
    const model = textOf(line.model)
    return [{ type: "start", ...(model === "" ? {} : { model }) }]
  }

  #write(kind: "text" | "reasoning", text: string): readonly ChatPart[] {
    if (text === "") return []
    const parts: ChatPart[] = []
    if (this.#open?.kind !== kind) {
      parts.push(...this.#close())
      const index = this.#blocks++
      this.#open = { kind, index }
      parts.push(
        kind === "text" ? { type: "text-start", index } : { type: "reasoning-start", index, format: thinkingFormat },
      )
    }
    const index = this.#open?.index ?? 0
    parts.push(kind === "text" ? { type: "text-delta", index, text } : { type: "reasoning-delta", index, text })
    return parts
  }

  #close(): readonly ChatPart[] {
    const open = this.#open
    this.#open = undefined
    return open ? [{ type: `${open.kind}-end`, index: open.index }] : []
  }

  /** Calls come whole, their arguments as an object; older versions give no ids. */
  #call(call: JsonObject): readonly ChatPart[] {
    this.#called = true
    const called = isObject(call.function) ? call.function : {}
    const name = textOf(called.name)
    const isCustom = this.#customTools.has(name)
    const written = typeof called.arguments === "string" ? called.arguments : JSON.stringify(called.arguments ?? {})
    const index = this.#blocks
    const closed = this.#close()
    this.#blocks++
    const id = textOf(call.id) || this.#source.newId("call_")
    return [
      ...closed,
      { type: "tool-call-start", index, id, name, kind: isCustom ? "custom" : "function" },
      { type: "tool-call-delta", index, arguments: isCustom ? unwrapCustomInput(written) : written || "{}" },
      { type: "tool-call-end", index },
    ]
  }

  #finish(line: JsonObject): readonly ChatPart[] {
    this.#over = true
    const raw = textOf(line.done_reason) || "stop"
    const reason = (Object.hasOwn(reasons, raw) ? reasons[raw] : undefined) ?? "other"
    return [
      ...this.#close(),
      { type: "usage", usage: usageOf(line) },
      { type: "finish", reason: reason === "stop" && this.#called ? "tool-calls" : reason, raw },
    ]
  }

  #fail(error: GatewayError): readonly ChatPart[] {
    this.#over = true
    return [{ type: "error", error }]
  }
}

/** A whole reply as the parts of its stream. Throws for an error inside a 200 and for what is no reply at all. */
export const decodeReply = (body: Json, source: DecodeSource): readonly ChatPart[] => {
  if (!isObject(body) || (body.error === undefined && !isObject(body.message)))
    throw new GatewayError("bad_provider_response", "The upstream's answer holds no message")
  const decoder = new OllamaDecoder(source)
  const parts = [...decoder.read(body), ...decoder.end()]
  for (const part of parts) if (part.type === "error") throw part.error
  return parts
}
