import { describe, expect, test } from "bun:test"
import { defineVendor } from "../../../plugins/anthropic/provider.ts"
import { vendors } from "../../../plugins/anthropic/vendors.ts"
import type { ChatRequest, JsonObject, ProviderSettings } from "../../../src/contract/index.ts"
import { validate } from "../../kit/fake-anthropic/validate.ts"
import { chat, encode, user, wireOf } from "../../kit/wire-client.ts"

const settings: ProviderSettings = { id: "anthropic", apiKey: "k", headers: {}, options: {} }
const wire = wireOf(defineVendor(vendors[0]!).create(settings))
const tool = { type: "function" as const, name: "f", parameters: { type: "object", properties: {} } }
const image = {
  type: "media" as const,
  kind: "image" as const,
  source: { type: "data" as const, base64: "iVBORw0KGgo=" },
}
const pdf = {
  type: "media" as const,
  kind: "file" as const,
  name: "a.pdf",
  source: { type: "data" as const, base64: "JVBERi0=" },
}

const older = "claude-sonnet-4-5"
const newest = "claude-opus-5-5"

interface Case {
  readonly name: string
  readonly model?: string
  readonly request: ChatRequest
  /** Must be in the body as given. */
  readonly expected: JsonObject
  readonly absent?: readonly string[]
  readonly losses?: readonly string[]
}

const cases: readonly Case[] = [
  {
    name: "max_tokens is demanded: the model's largest output",
    request: chat(),
    expected: {
      model: older,
      max_tokens: 64_000,
      messages: [{ role: "user", content: [{ type: "text", text: "hello" }] }],
    },
    absent: ["stream", "system", "temperature", "thinking"],
  },
  {
    name: "max_tokens over the model's largest output is clamped",
    request: chat({ maxOutputTokens: 200_000 }),
    expected: { max_tokens: 64_000 },
    losses: ["max_tokens clamped"],
  },
  {
    name: "an unknown claude is the newest generation",
    model: "claude-novel-9",
    request: chat({ sampling: { temperature: 0.3 } }),
    expected: { max_tokens: 128_000 },
    absent: ["temperature"],
    losses: ["temperature dropped"],
  },
  {
    name: "leading system messages are blocks, later ones move there on older models",
    request: chat({
      messages: [
        { role: "system", content: [{ type: "text", text: "A", cache: { ttl: "1h" } }] },
        { role: "developer", content: [{ type: "text", text: "B" }] },
        user("hi"),
        { role: "system", content: [{ type: "text", text: "C" }] },
      ],
    }),
    expected: {
      system: [
        { type: "text", text: "A", cache_control: { type: "ephemeral", ttl: "1h" } },
        { type: "text", text: "B" },
        { type: "text", text: "C" },
      ],
    },
    losses: ["messages[3] moved"],
  },
  {
    name: "later system messages stay in place where the model takes them",
    model: newest,
    request: chat({ messages: [user("hi"), { role: "system", content: [{ type: "text", text: "C" }] }] }),
    expected: {
      messages: [
        { role: "user", content: [{ type: "text", text: "hi" }] },
        { role: "system", content: [{ type: "text", text: "C" }] },
      ],
    },
  },
  {
    name: "roles merge, blank text goes, results come first",
    request: chat({
      tools: [tool],
      messages: [
        user("a"),
        user(" "),
        user("b"),
        {
          role: "assistant",
          content: [{ type: "tool-call", id: "call.1", name: "f", arguments: "", kind: "function" }],
        },
        user("c"),
        { role: "tool", callId: "call.1", content: [{ type: "text", text: "R" }] },
      ],
    }),
    expected: {
      messages: [
        {
          role: "user",
          content: [
            { type: "text", text: "a" },
            { type: "text", text: "b" },
          ],
        },
        { role: "assistant", content: [{ type: "tool_use", id: "call_eOzEeWHz2q", name: "f", input: {} }] },
        {
          role: "user",
          content: [
            { type: "tool_result", tool_use_id: "call_eOzEeWHz2q", content: "R" },
            { type: "text", text: "c" },
          ],
        },
      ],
    },
  },
  {
    name: "an assistant message first gets a user turn before it, prefill is trimmed",
    request: chat({ messages: [{ role: "assistant", content: [{ type: "text", text: "So far \n" }] }] }),
    expected: {
      messages: [
        { role: "user", content: [{ type: "text", text: "." }] },
        { role: "assistant", content: [{ type: "text", text: "So far" }] },
      ],
    },
    losses: ["messages approximated"],
  },
  {
    name: "where prefill is refused the model is asked to continue",
    model: "claude-opus-4-6",
    request: chat({ messages: [user("x"), { role: "assistant", content: [{ type: "text", text: "So" }] }] }),
    expected: {
      messages: [
        { role: "user", content: [{ type: "text", text: "x" }] },
        { role: "assistant", content: [{ type: "text", text: "So" }] },
        { role: "user", content: [{ type: "text", text: "Continue your last message exactly where it ends." }] },
      ],
    },
    losses: ["messages approximated"],
  },
  {
    name: "images and documents by data, URL and file id",
    request: chat({
      messages: [
        {
          role: "user",
          content: [
            image,
            { ...image, source: { type: "url", url: "https://example.com/a.png" } },
            { ...image, source: { type: "url", url: "data:image/gif;base64,R0lGOD" } },
            pdf,
            { ...pdf, mime: "text/plain", source: { type: "data", base64: "w6QhCg==" } },
            { type: "media", kind: "file", source: { type: "id", id: "file_1" } },
            { type: "media", kind: "audio", source: { type: "data", base64: "AAAA" } },
          ],
        },
      ],
    }),
    expected: {
      messages: [
        {
          role: "user",
          content: [
            { type: "image", source: { type: "base64", media_type: "image/png", data: "iVBORw0KGgo=" } },
            { type: "image", source: { type: "url", url: "https://example.com/a.png" } },
            { type: "image", source: { type: "base64", media_type: "image/gif", data: "R0lGOD" } },
            {
              type: "document",
              source: { type: "base64", media_type: "application/pdf", data: "JVBERi0=" },
              title: "a.pdf",
            },
            { type: "document", source: { type: "text", media_type: "text/plain", data: "ä!\n" }, title: "a.pdf" },
            { type: "document", source: { type: "file", file_id: "file_1" } },
          ],
        },
      ],
    },
    losses: ["messages[0].content[6] dropped"],
  },
  {
    name: "an image in a failed tool's result follows it",
    request: chat({
      tools: [tool],
      messages: [
        user("x"),
        {
          role: "assistant",
          content: [{ type: "tool-call", id: "c", name: "f", arguments: '{"a":1}', kind: "function" }],
        },
        { role: "tool", callId: "c", isError: true, content: [{ type: "text", text: "no" }, image] },
      ],
    }),
    expected: {
      messages: [
        { role: "user", content: [{ type: "text", text: "x" }] },
        { role: "assistant", content: [{ type: "tool_use", id: "c", name: "f", input: { a: 1 } }] },
        {
          role: "user",
          content: [
            { type: "tool_result", tool_use_id: "c", content: "no", is_error: true },
            { type: "image", source: { type: "base64", media_type: "image/png", data: "iVBORw0KGgo=" } },
          ],
        },
      ],
    },
    losses: ["messages[2] moved"],
  },
  {
    name: "sampling: temperature is clamped and excludes top_p",
    request: chat({ sampling: { temperature: 1.5, topP: 0.5, topK: 7 } }),
    expected: { temperature: 1, top_k: 7 },
    absent: ["top_p"],
    losses: ["temperature clamped", "top_p dropped"],
  },
  {
    name: "sampling: the default temperature gives way to top_p",
    request: chat({ sampling: { temperature: 1, topP: 0.5 } }),
    expected: { top_p: 0.5 },
    absent: ["temperature"],
  },
  {
    name: "sampling: newest models take none, and defaults are no loss",
    model: "claude-opus-4-7",
    request: chat({ sampling: { temperature: 1, topP: 0.9, topK: 3 } }),
    expected: {},
    absent: ["temperature", "top_p", "top_k"],
    losses: ["top_p dropped", "top_k dropped"],
  },
  {
    name: "what has no form here is reported",
    request: chat({
      sampling: {
        seed: 1,
        frequencyPenalty: 1,
        presencePenalty: 0,
        logitBias: { "5": 1 },
        logprobs: true,
        topLogprobs: 2,
      },
      choices: 2,
      promptCacheKey: "k",
      metadata: { a: "b" },
      modalities: ["text", "audio"],
      extras: { "chat-completions": { audio: { voice: "x" } } },
    }),
    expected: {},
    losses: [
      "n dropped",
      "metadata dropped",
      "prompt_cache_key dropped",
      "modalities dropped",
      "audio dropped",
      "frequency_penalty dropped",
      "seed dropped",
      "logit_bias dropped",
      "logprobs dropped",
      "top_logprobs dropped",
    ],
  },
  {
    name: "stop, user, tier and fields of this format go through",
    request: chat({
      stop: ["END", "\n"],
      user: "u1",
      serviceTier: "default",
      stream: true,
      cache: {},
      extras: { messages: { container: "c1" } },
    }),
    expected: {
      stop_sequences: ["END"],
      metadata: { user_id: "u1" },
      service_tier: "standard_only",
      stream: true,
      cache_control: { type: "ephemeral" },
      container: "c1",
    },
    losses: ["stop dropped"],
  },
  {
    name: "of more than four breakpoints the front ones go",
    request: chat({
      tools: [{ ...tool, cache: {} }],
      messages: [
        { role: "system", content: [{ type: "text", text: "S", cache: {} }] },
        {
          role: "user",
          content: ["a", "b", "c", "d"].map((text) => ({ type: "text" as const, text, cache: {} })),
        },
      ],
    }),
    expected: {
      tools: [{ name: "f", input_schema: { type: "object", properties: {} } }],
      system: [{ type: "text", text: "S" }],
    },
    losses: ["cache_control dropped"],
  },
  {
    name: "an hour behind five minutes becomes five minutes",
    request: chat({
      messages: [
        { role: "system", content: [{ type: "text", text: "S", cache: {} }] },
        { role: "user", content: [{ type: "text", text: "u", cache: { ttl: "1h" } }] },
      ],
    }),
    expected: {
      messages: [{ role: "user", content: [{ type: "text", text: "u", cache_control: { type: "ephemeral" } }] }],
    },
    losses: ["cache_control.ttl clamped"],
  },
  {
    name: "unpaired surrogates are replaced",
    request: chat({ text: "a\ud800b" }),
    expected: { messages: [{ role: "user", content: [{ type: "text", text: "a\ufffdb" }] }] },
  },
]

describe("a chat request for Anthropic", () => {
  for (const { name, model = older, request, expected, absent = [], losses = [] } of cases) {
    test(name, () => {
      const before = JSON.stringify(request)
      const { body, losses: lost } = encode(wire, model, request)
      expect(body).toMatchObject(expected)
      for (const [key, value] of Object.entries(expected)) expect(body[key]).toEqual(value)
      for (const field of absent) expect(body).not.toHaveProperty(field)
      expect(lost.map(({ path, action }) => `${path} ${action}`)).toEqual([...losses])
      expect(validate(body)).toBeUndefined()
      expect(JSON.stringify(request)).toBe(before)
    })
  }
})
