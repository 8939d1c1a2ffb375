import { describe, expect, test } from "bun:test"
import type { ClientDialect } from "../../../src/contract/index.ts"
import { chatCompletionsClient } from "../../../src/dialects/chat-completions/index.ts"
import { geminiClient } from "../../../src/dialects/gemini/index.ts"
import { messagesClient } from "../../../src/dialects/messages/index.ts"
import { responsesClient } from "../../../src/dialects/responses/client/index.ts"
import { RequestDemand } from "../../../src/pipeline/plan/demand/demands.ts"
import type { Need } from "../../../src/pipeline/plan/demand/needs.ts"
import { plan } from "../../../src/pipeline/plan/plan.ts"
import { chatRequest } from "../../../src/pipeline/request.ts"
import { exchangeOf, offerOf } from "../../kit/planning.ts"

const offers = [offerOf("a")]
const needs: readonly Need[] = [
  "tools",
  "structured_output",
  "reasoning",
  "vision",
  "pdf",
  "audio",
  "video",
  "image_output",
  "audio_output",
]

/** Read from the parsed body, from its text alone, and from the decoded request: all three must see the same. */
const seen = (client: ClientDialect, body: Record<string, unknown>) => {
  const forms = (["parsed", "text", "decoded"] as const).map((form) => {
    const exchange = exchangeOf(body, { offers, client })
    if (form !== "parsed") exchange.parsed = undefined
    if (form === "decoded") chatRequest(exchange)
    const demand = new RequestDemand(exchange)
    return { parameters: [...demand.parameters].sort(), needs: needs.filter((need) => demand.isCertain(need)) }
  })
  for (const form of forms) expect(form).toEqual(forms[0]!)
  return forms[0]!
}

const png = "iVBORw0KGgo="
const schema = { type: "object", properties: {} }

describe("what a request demands, whatever its format and however much of it was read", () => {
  test("chat completions", () => {
    const body = {
      messages: [
        { role: "system", content: "look" },
        {
          role: "user",
          content: [
            { type: "text", text: "what is this" },
            { type: "image_url", image_url: { url: `data:image/png;base64,${png}` } },
            { type: "input_audio", input_audio: { data: "AAAA", format: "wav" } },
            { type: "file", file: { file_data: "data:application/pdf;base64,AAAA", filename: "a.pdf" } },
          ],
        },
      ],
      tools: [{ type: "function", function: { name: "f", parameters: schema } }],
      tool_choice: "required",
      parallel_tool_calls: false,
      response_format: { type: "json_schema", json_schema: { name: "x", schema } },
      reasoning_effort: "high",
      max_completion_tokens: 10,
      temperature: 0.5,
      seed: 1,
      stop: ["x"],
      logprobs: true,
      top_logprobs: 2,
      verbosity: "low",
    }
    expect(seen(chatCompletionsClient, body)).toEqual({
      parameters: [
        "logprobs",
        "max_tokens",
        "parallel_tool_calls",
        "reasoning",
        "response_format",
        "seed",
        "stop",
        "structured_outputs",
        "temperature",
        "tool_choice",
        "tools",
        "top_logprobs",
        "verbosity",
      ],
      needs: ["tools", "structured_output", "reasoning", "vision", "pdf", "audio"],
    })
  })

  test("messages", () => {
    const body = {
      max_tokens: 10,
      messages: [
        {
          role: "user",
          content: [
            { type: "image", source: { type: "base64", media_type: "image/png", data: png } },
            { type: "text", text: "x" },
          ],
        },
      ],
      tools: [{ name: "f", input_schema: schema }],
      thinking: { type: "enabled", budget_tokens: 1024 },
      stop_sequences: ["x"],
      top_k: 3,
    }
    expect(seen(messagesClient, body)).toEqual({
      parameters: ["max_tokens", "reasoning", "stop", "tools", "top_k"],
      needs: ["tools", "reasoning", "vision"],
    })
  })

  test("responses", () => {
    const body = {
      messages: undefined,
      input: [
        { role: "user", content: [{ type: "input_image", image_url: `data:image/png;base64,${png}` }] },
        { type: "function_call", call_id: "c", name: "f", arguments: '{"type":"input_audio"}' },
        { type: "function_call_output", call_id: "c", output: "done" },
      ],
      text: { format: { type: "json_schema", name: "x", schema }, verbosity: "low" },
      reasoning: { effort: "low" },
      max_output_tokens: 20,
    }
    expect(seen(responsesClient, body)).toEqual({
      parameters: ["max_tokens", "reasoning", "response_format", "structured_outputs", "verbosity"],
      needs: ["structured_output", "reasoning", "vision"],
    })
  })

  test("gemini", () => {
    const body = {
      model: undefined,
      messages: undefined,
      contents: [
        { role: "user", parts: [{ inlineData: { mimeType: "audio/wav", data: "AAAA" } }, { text: "what is said" }] },
      ],
      generationConfig: { temperature: 1, topP: 0.5, maxOutputTokens: 5, responseModalities: ["TEXT", "IMAGE"] },
    }
    expect(seen(geminiClient, body)).toEqual({
      parameters: ["max_tokens", "temperature", "top_p"],
      needs: ["audio", "image_output"],
    })
  })
})

describe("what is not asked for", () => {
  test("empty, switched off, or null", () => {
    const body = {
      tools: [],
      tool_choice: "auto",
      response_format: { type: "text" },
      logprobs: false,
      reasoning: { enabled: false },
      temperature: null,
    }
    expect(seen(chatCompletionsClient, body)).toEqual({ parameters: [], needs: [] })
  })

  test("what tools were told looks like media, and is none", () => {
    const body = {
      max_tokens: 10,
      messages: [
        { role: "user", content: "x" },
        {
          role: "assistant",
          content: [{ type: "tool_use", id: "t", name: "f", input: { part: { type: "image" }, content: "x" } }],
        },
        { role: "user", content: [{ type: "tool_result", tool_use_id: "t", content: 'I said "type":"audio"' }] },
      ],
    }
    expect(seen(messagesClient, body).needs).toEqual([])
  })

  test("a body that was not parsed is looked at closely before a model is refused for it", () => {
    const call = { type: "tool_use", id: "t", name: "f", input: { part: { type: "image" } } }
    const messages = [
      { role: "user", content: "x" },
      { role: "assistant", content: [call] },
    ]
    const planned = (content: unknown) => {
      const blind = offerOf("a", { input: ["text"] })
      const exchange = exchangeOf(
        { max_tokens: 10, messages: [...messages, { role: "user", content }] },
        { offers: [blind], client: messagesClient },
      )
      exchange.parsed = undefined
      return plan(exchange)
    }
    expect(planned("go on")).toHaveLength(1)
    const picture = { type: "image", source: { type: "url", url: "https://x.test/a.png" } }
    expect(() => planned([picture])).toThrow("takes no images")
  })
})
