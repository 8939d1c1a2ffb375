import { describe, expect, test } from "bun:test"
import fc from "fast-check"
import type { ChatRequest, JsonObject, Message } from "../../../src/contract/index.ts"
import { foldParts } from "../../kit/fold-parts.ts"
import { chat, counter, encode, user } from "../../kit/wire-client.ts"
import { createWire } from "./kit.ts"

const wire = createWire("perplexity")

const sent = (request: Partial<ChatRequest>) => {
  const { body, losses } = encode(wire, "sonar-pro", chat(request))
  return { body, messages: body.messages as JsonObject[], lost: losses.map(({ path, code }) => `${path} ${code}`) }
}

const say = (role: "system" | "user" | "assistant", text: string): Message => ({
  role,
  content: [{ type: "text", text }],
})
const result: Message = { role: "tool", callId: "c", content: [{ type: "text", text: "sunny" }] }

const rolesOf = (messages: readonly JsonObject[]) => messages.map(({ role }) => String(role)[0]).join("")

describe("roles take turns, the user first and last", () => {
  test("what already does is left alone", () => {
    const { messages, lost } = sent({ messages: [say("system", "s"), user("a"), say("assistant", "b"), user("c")] })
    expect(messages.map(({ content }) => content)).toEqual(["s", "a", "b", "c"])
    expect(lost).toEqual([])
  })
  test("neighbours of one role are joined, and that is told", () => {
    const { messages, lost } = sent({ messages: [user("a"), user("b"), say("assistant", "c"), user("d")] })
    expect(messages[0]).toEqual({ role: "user", content: "a\n\nb" })
    expect(lost).toEqual(["messages[1] message_approximated"])
  })
  test("pictures stay parts when their messages are joined", () => {
    const image = { type: "media", kind: "image", source: { type: "url", url: "https://x.test/a.png" } } as const
    const { messages } = sent({ messages: [user("a"), { role: "user", content: [image] }] })
    expect(messages[0]?.content).toEqual([
      { type: "text", text: "a" },
      { type: "image_url", image_url: { url: "https://x.test/a.png" } },
    ])
  })
  test("an answer first or last has a user's message beside it", () => {
    const { messages, lost } = sent({ messages: [say("assistant", "a")] })
    expect(rolesOf(messages)).toBe("uau")
    expect(lost).toHaveLength(2)
  })
  test("a late system message is the user's", () => {
    const { messages, lost } = sent({ messages: [user("a"), say("system", "s"), say("assistant", "b"), user("c")] })
    expect(messages[0]).toEqual({ role: "user", content: "a\n\ns" })
    expect(lost).toEqual(["messages[1].role message_moved"])
  })
  test("results of tools are text", () => {
    const call: Message = {
      role: "assistant",
      content: [{ type: "tool-call", id: "c", name: "weather", arguments: "{}", kind: "function" }],
    }
    const { messages } = sent({ messages: [user("a"), call, result] })
    expect(rolesOf(messages)).toBe("uau")
    expect(JSON.stringify(messages)).toContain("sunny")
  })
  test("whatever comes, and every word of it stays", () => {
    const message = fc.record({
      role: fc.constantFrom("system", "user", "assistant"),
      word: fc.stringMatching(/^w\d{1,6}$/),
    })
    fc.assert(
      fc.property(fc.array(message, { minLength: 1, maxLength: 8 }), (list) => {
        const { messages } = sent({ messages: list.map(({ role, word }) => say(role as "user", word)) })
        expect(rolesOf(messages)).toMatch(/^s*u(au)*$/)
        const words = messages.flatMap(({ content }) => String(content).split("\n\n"))
        expect(words.filter((word) => word !== "Continue.")).toEqual(list.map(({ word }) => word))
      }),
      { seed: 7 },
    )
  })
})

describe("searching", () => {
  test("is what it does, so that only the wishes about it are sent", () => {
    const { body, lost } = sent({
      tools: [
        {
          type: "web-search",
          contextSize: "high",
          allowedDomains: ["a.test"],
          blockedDomains: ["b.test"],
          userLocation: { country: "DE" },
        },
      ],
    })
    expect(body).toMatchObject({
      search_domain_filter: ["a.test", "-b.test"],
      web_search_options: { search_context_size: "high", user_location: { country: "DE" } },
    })
    expect(body).not.toHaveProperty("tools")
    expect(lost).toEqual([])
  })
  test("a client's own field counts", () => {
    const extras = { "chat-completions": { search_domain_filter: ["c.test"] } }
    const tools = [{ type: "web-search", allowedDomains: ["a.test"], maxUses: 3 }] as const
    expect(sent({ extras, tools }).body.search_domain_filter).toEqual(["c.test"])
    expect(sent({ extras, tools }).lost).toEqual(["tools[0].max_uses parameter_unsupported"])
  })
})

describe("files and forms", () => {
  const file = (source: object) => {
    const media = { type: "media", kind: "file", name: "a.pdf", mime: "application/pdf", source } as never
    const [message] = sent({ messages: [{ role: "user", content: [media] }] }).messages
    return Array.isArray(message?.content) ? message.content[0] : undefined
  }
  test("a file by its bare base64, or by its address", () => {
    expect(file({ type: "data", base64: "JVBERi0=" })).toEqual({
      type: "file_url",
      file_url: { url: "JVBERi0=" },
      file_name: "a.pdf",
    })
    expect(file({ type: "url", url: "https://x.test/a.pdf" })).toMatchObject({
      file_url: { url: "https://x.test/a.pdf" },
    })
  })
  test("a schema goes, any JSON does not", () => {
    const schema = { type: "json-schema", name: "n", schema: { type: "object" } } as const
    expect(sent({ responseFormat: schema }).body.response_format).toMatchObject({ type: "json_schema" })
    const { body, lost } = sent({ responseFormat: { type: "json-object" } })
    expect(body).not.toHaveProperty("response_format")
    expect(lost).toEqual(["response_format format_unsupported"])
  })
})

test("citations are told once, searches and their tokens are counted, reasoning is beside the completion", () => {
  const body = {
    id: "1",
    choices: [{ index: 0, message: { role: "assistant", content: "It is." }, finish_reason: "stop" }],
    citations: ["https://a.test"],
    search_results: [{ title: "A", url: "https://a.test" }],
    usage: { prompt_tokens: 9, completion_tokens: 4, reasoning_tokens: 6, citation_tokens: 30, num_search_queries: 2 },
  }
  const source = { profile: wire.profile("sonar-pro"), model: "sonar-pro", request: chat(), newId: counter() }
  const { blocks, usage } = foldParts(wire.dialect.decodeReply(body, source))
  expect(blocks).toMatchObject([
    { type: "text", text: "It is." },
    { type: "citation", url: "https://a.test", title: "A" },
  ])
  expect(usage).toMatchObject({
    output: { text: 4, reasoning: 6 },
    counters: { webSearch: 2, citationTokens: 30 },
  })
})

test("no body goes up unread", () => {
  expect(wire.dialect.native).toBeUndefined()
})
