import { describe, expect, test } from "bun:test"
import fc from "fast-check"
import { google } from "../../../plugins/google/provider.ts"
import type { ChatRequest, Content, JsonObject, Message, Tool } from "../../../src/contract/index.ts"
import { conversations } from "../../kit/conversations.ts"
import { validate } from "../../kit/fake-gemini/validate.ts"
import { chat, encode, user, wireOf } from "../../kit/wire-client.ts"

const wire = wireOf(google.create({ id: "google", apiKey: "k", headers: {}, options: {} }))
const third = "gemini-3-flash"
const second = "gemini-2.5-flash"
const tools: Tool[] = [
  { type: "function", name: "get_weather", parameters: { type: "object", properties: { city: { type: "string" } } } },
  { type: "function", name: "now" },
]
const call: Content = {
  type: "tool-call",
  id: "c1",
  name: "get_weather",
  arguments: '{"city":"Paris"}',
  kind: "function",
}
const result = (text: string, fields: Partial<Extract<Message, { role: "tool" }>> = {}): Message => ({
  role: "tool",
  callId: "c1",
  content: [{ type: "text", text }],
  ...fields,
})
const image: Content = { type: "media", kind: "image", source: { type: "data", base64: "iVBORw0KGgo=" } }
const sentinel = "skip_thought_signature_validator"

interface Case {
  readonly name: string
  readonly model?: string
  readonly request: ChatRequest
  readonly expected: JsonObject
  readonly losses?: readonly string[]
}

const turns = (...results: Message[]): Message[] => [user("x"), { role: "assistant", content: [call] }, ...results]
const answered = (functionResponse: JsonObject, ...rest: JsonObject[]): JsonObject => ({
  role: "user",
  parts: [{ functionResponse: { id: "c1", name: "get_weather", ...functionResponse } }, ...rest],
})

const cases: readonly Case[] = [
  {
    name: "system instruction, merged roles, later system messages as user text",
    request: chat({
      messages: [
        { role: "system", content: [{ type: "text", text: "S" }] },
        user("a"),
        { role: "developer", content: [{ type: "text", text: "D" }] },
        { role: "assistant", content: [{ type: "text", text: "m" }] },
      ],
    }),
    expected: {
      systemInstruction: { parts: [{ text: "S" }] },
      contents: [
        { role: "user", parts: [{ text: "a" }, { text: "D" }] },
        { role: "model", parts: [{ text: "m" }] },
      ],
    },
    losses: ["messages[2] moved"],
  },
  {
    name: "Gemma takes no system instruction",
    model: "gemma-3-27b-it",
    request: chat({ messages: [{ role: "system", content: [{ type: "text", text: "S" }] }, user("a")] }),
    expected: { contents: [{ role: "user", parts: [{ text: "S" }, { text: "a" }] }] },
    losses: ["messages[0] moved"],
  },
  {
    name: "results get the name of their call, JSON as it is",
    request: chat({ tools, messages: turns(result('{"degrees":5}')) }),
    expected: {
      contents: [
        { role: "user", parts: [{ text: "x" }] },
        {
          role: "model",
          parts: [
            {
              functionCall: { id: "c1", name: "get_weather", args: { city: "Paris" } },
              thoughtSignature: sentinel,
            },
          ],
        },
        answered({ response: { output: { degrees: 5 } } }),
      ],
    },
  },
  {
    name: "results that look like a schema stay text",
    request: chat({ tools, messages: turns(result('{"a":{"$ref":"#/b"}}')) }),
    expected: {
      contents: [
        { role: "user", parts: [{ text: "x" }] },
        {
          role: "model",
          parts: [
            { functionCall: { id: "c1", name: "get_weather", args: { city: "Paris" } }, thoughtSignature: sentinel },
          ],
        },
        answered({ response: { output: '{"a":{"$ref":"#/b"}}' } }),
      ],
    },
  },
  {
    name: "errors are errors; images go inside from Gemini 3 on",
    request: chat({
      tools,
      messages: turns(result("no", { isError: true, content: [{ type: "text", text: "no" }, image] })),
    }),
    expected: {
      contents: [
        { role: "user", parts: [{ text: "x" }] },
        {
          role: "model",
          parts: [
            { functionCall: { id: "c1", name: "get_weather", args: { city: "Paris" } }, thoughtSignature: sentinel },
          ],
        },
        answered({
          response: { error: "no" },
          parts: [{ inlineData: { mimeType: "image/png", data: "iVBORw0KGgo=" } }],
        }),
      ],
    },
  },
  {
    name: "before Gemini 3: no ids, no signatures, images behind the result",
    model: second,
    request: chat({ tools, messages: turns(result("ok", { content: [{ type: "text", text: "ok" }, image] })) }),
    expected: {
      contents: [
        { role: "user", parts: [{ text: "x" }] },
        { role: "model", parts: [{ functionCall: { name: "get_weather", args: { city: "Paris" } } }] },
        {
          role: "user",
          parts: [
            { functionResponse: { name: "get_weather", response: { output: "ok" } } },
            { inlineData: { mimeType: "image/png", data: "iVBORw0KGgo=" } },
          ],
        },
      ],
    },
    losses: ["messages[2] moved"],
  },
  {
    name: "functions with real JSON Schema, none without arguments",
    request: chat({ tools, toolChoice: { name: "now" } }),
    expected: {
      tools: [
        {
          functionDeclarations: [
            {
              name: "get_weather",
              parametersJsonSchema: { type: "object", properties: { city: { type: "string" } } },
            },
            { name: "now" },
          ],
        },
      ],
      toolConfig: { functionCallingConfig: { mode: "ANY", allowedFunctionNames: ["now"] } },
    },
  },
  {
    name: "choice none also removes built-in tools",
    request: chat({
      tools: [tools[1]!, { type: "opaque", dialect: "gemini", data: { googleSearch: {} } }],
      toolChoice: "none",
    }),
    expected: {
      tools: [{ functionDeclarations: [{ name: "now" }] }],
      toolConfig: { functionCallingConfig: { mode: "NONE" } },
    },
  },
  {
    name: "strict tools are VALIDATED; there is no switch for parallel calls",
    request: chat({ tools: [{ type: "function", name: "s", strict: true }], parallelToolCalls: false }),
    expected: { toolConfig: { functionCallingConfig: { mode: "VALIDATED" } } },
    losses: ["parallel_tool_calls dropped"],
  },
  {
    name: "generationConfig",
    request: chat({
      maxOutputTokens: 100,
      stop: ["1", "2", "3", "4", "5", "6"],
      choices: 2,
      modalities: ["text", "image"],
      sampling: {
        temperature: 1.5,
        topP: 0.5,
        topK: 3,
        seed: 1,
        frequencyPenalty: 0.1,
        logprobs: true,
        topLogprobs: 2,
        minP: 0.1,
      },
    }),
    expected: {
      generationConfig: {
        maxOutputTokens: 100,
        temperature: 1.5,
        topP: 0.5,
        topK: 3,
        seed: 1,
        frequencyPenalty: 0.1,
        responseLogprobs: true,
        logprobs: 2,
        candidateCount: 2,
        stopSequences: ["1", "2", "3", "4", "5"],
        responseModalities: ["TEXT", "IMAGE"],
      },
    },
    losses: ["min_p dropped", "stop clamped"],
  },
  {
    name: "penalties are refused by 2.5",
    model: second,
    request: chat({ sampling: { frequencyPenalty: 0.1 } }),
    expected: {},
    losses: ["frequency_penalty dropped"],
  },
  {
    name: "a schema, const rewritten",
    request: chat({ responseFormat: { type: "json-schema", name: "n", schema: { type: "string", const: "a" } } }),
    expected: {
      generationConfig: {
        responseMimeType: "application/json",
        responseJsonSchema: { type: "string", enum: ["a"] },
      },
    },
  },
  {
    name: "a schema beside functions is asked for in words before Gemini 3",
    model: second,
    request: chat({ tools, responseFormat: { type: "json-object" } }),
    expected: {
      systemInstruction: { parts: [{ text: "When you answer in text, write one JSON object and nothing else." }] },
    },
    losses: ["response_format approximated"],
  },
  {
    name: "media by data URL, file id and readable addresses",
    request: chat({
      messages: [
        {
          role: "user",
          content: [
            { type: "media", kind: "image", source: { type: "url", url: "data:image/gif;base64,R0lGOD" } },
            { type: "media", kind: "video", source: { type: "url", url: "https://youtu.be/abc" } },
            { type: "media", kind: "file", mime: "application/pdf", source: { type: "id", id: "files/abc" } },
            { type: "media", kind: "audio", mime: "audio/mp3", source: { type: "data", base64: "AAAA" } },
          ],
        },
      ],
    }),
    expected: {
      contents: [
        {
          role: "user",
          parts: [
            { inlineData: { mimeType: "image/gif", data: "R0lGOD" } },
            { fileData: { fileUri: "https://youtu.be/abc" } },
            {
              fileData: {
                fileUri: "https://generativelanguage.googleapis.com/v1beta/files/abc",
                mimeType: "application/pdf",
              },
            },
            { inlineData: { mimeType: "audio/mp3", data: "AAAA" } },
          ],
        },
      ],
    },
  },
  {
    name: "what has no form here is reported",
    request: chat({
      user: "u",
      metadata: { a: "b" },
      promptCacheKey: "k",
      cache: {},
      verbosity: "low",
      extras: { "chat-completions": { prediction: {} }, gemini: { safetySettings: [] } },
    }),
    expected: { safetySettings: [] },
    losses: ["cache_control", "metadata", "user", "prompt_cache_key", "verbosity", "prediction"].map(
      (p) => `${p} dropped`,
    ),
  },
]

describe("a chat request for Gemini", () => {
  for (const { name, model = third, request, expected, losses = [] } of cases)
    test(name, () => {
      const before = JSON.stringify(request)
      const { body, losses: lost } = encode(wire, model, request)
      for (const [key, value] of Object.entries(expected)) expect(body[key]).toEqual(value)
      expect(lost.map(({ path, action }) => `${path} ${action}`)).toEqual([...losses])
      expect(validate(model, body)).toBeUndefined()
      expect(JSON.stringify(request)).toBe(before)
    })

  test("another address is refused with what to do", () => {
    const url: Content = { type: "media", kind: "image", source: { type: "url", url: "https://example.com/a.png" } }
    expect(() => encode(wire, third, chat({ messages: [{ role: "user", content: [url] }] }))).toThrow(
      "messages[0].content[0]: Gemini does not fetch this URL; send the image itself as a data: URL",
    )
  })

  test("whatever a conversation looks like, the API takes it", () => {
    fc.assert(
      fc.property(conversations, fc.constantFrom(third, second, "gemma-3-27b-it"), (messages, model) => {
        expect(validate(model, encode(wire, model, chat({ messages, tools })).body)).toBeUndefined()
      }),
      { numRuns: 400 },
    )
  })
})
