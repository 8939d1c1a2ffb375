import { describe, expect, test } from "bun:test"
import type { ChatRequest, Dialect, Loss, Profile, ReplyPatch, Tool, WebSearchTool } from "../../src/contract/index.ts"
import { chatCompletions, gemini, messages, responses } from "../../src/dialects/index.ts"
import {
  claudeProfile,
  geminiProfile,
  openAiProfile,
  openAiResponsesProfile,
} from "../../src/dialects/model-profiles/index.ts"
import { ask, delta, encode, estimate, feed, messageOf } from "../kit/chat-completions.ts"

/** A search of the web as clients of chat completions ask for it, as each format sends it, and as its pages come back. */

const plain = { role: "user", content: [{ type: "text", text: "hi" }] } as const
const full: WebSearchTool = {
  type: "web-search",
  maxUses: 2,
  maxResults: 3,
  contextSize: "high",
  allowedDomains: ["a.b"],
  blockedDomains: ["c.d"],
  userLocation: { country: "DE" },
}
const call: Tool = { type: "function", name: "f" }

const up = (dialect: Dialect, profile: Profile, request: Partial<ChatRequest>) => {
  const losses: Loss[] = []
  const lose = (loss: Loss) => losses.push(loss)
  const whole = { model: "m", messages: [plain], sampling: {}, stream: false, ...request }
  const body = dialect.encodeRequest(whole, { model: "up", profile, maxOutput: 100, lose })
  return { body, lost: losses.map(({ path, code }) => `${path} ${code}`) }
}

describe("chat completions, from clients", () => {
  test.each<[string, object, object]>([
    ["Requesty's", { type: "web_search" }, {}],
    [
      "OpenAI's of before",
      { type: "web_search_preview" },
      { extras: { "chat-completions": { type: "web_search_preview" } } },
    ],
    ["Groq's", { type: "browser_search" }, {}],
    [
      "OpenRouter's",
      { type: "openrouter:web_search", parameters: { engine: "exa", max_results: 3, excluded_domains: ["c.d"] } },
      { engine: "exa", maxResults: 3, blockedDomains: ["c.d"] },
    ],
    [
      "with everything",
      {
        type: "web_search",
        max_uses: 2,
        max_results: 3,
        search_context_size: "high",
        allowed_domains: ["a.b"],
        blocked_domains: ["c.d"],
        user_location: { type: "approximate", country: "DE", odd: 1 },
      },
      { ...full },
    ],
    [
      "with what nobody knows",
      { type: "web_search", search_context_size: "huge", odd: true },
      { extras: { "chat-completions": { search_context_size: "huge", odd: true } } },
    ],
  ])("%s", (_name, tool, expected) => {
    expect(ask({ tools: [tool] }).tools).toEqual([{ type: "web-search", ...expected }] as never)
  })

  test("options are a search of their own, or settings of the tool, whose own count", () => {
    const web_search_options = {
      search_context_size: "low",
      user_location: { type: "approximate", approximate: { country: "DE" } },
      odd: 1,
    }
    const extras = { "chat-completions": { odd: 1 } }
    const search = { type: "web-search", contextSize: "low", userLocation: { country: "DE" }, extras }
    expect(ask({ web_search_options }).tools).toEqual([search] as never)
    const tools = [{ type: "web_search", search_context_size: "high" }]
    expect(ask({ web_search_options, tools }).tools).toEqual([{ ...search, contextSize: "high" }] as never)
    expect(ask({ web_search_options: {} }).tools).toEqual([{ type: "web-search" }])
  })

  test.each([
    [{ tools: [{ type: "web_search", max_results: "x" }] }, /tools\[0\]\.max_results/],
    [{ tools: [{ type: "web_search", allowed_domains: [1] }] }, /allowed_domains\[0\]/],
    [{ web_search_options: 1 }, /web_search_options/],
    [{ web_search_options: { user_location: 1 } }, /web_search_options\.user_location/],
  ])("%p names its mistake", (fields, words) => {
    expect(() => ask(fields)).toThrow(words)
  })

  test("a choice of it", () => {
    const choice = { tools: [{ type: "web_search" }], tool_choice: { type: "web_search" } }
    expect(ask(choice).toolChoice).toEqual({ name: "web_search" })
    expect(encode(ask(choice), { webSearch: "tool" }).body.tool_choice).toEqual({ type: "web_search" })
    const { body, lost } = encode(
      ask({ ...choice, tools: [...choice.tools, { type: "function", function: { name: "f" } }] }),
      {
        webSearch: "options",
      },
    )
    expect(body.tool_choice).toBeUndefined()
    expect(lost).toEqual(["tool_choice dropped"])
  })
})

describe("to upstreams", () => {
  const others = [
    "max_uses",
    "max_results",
    "search_context_size",
    "allowed_domains",
    "excluded_domains",
    "user_location",
  ]
  const lostBut = (...kept: string[]) =>
    others.filter((name) => !kept.includes(name)).map((name) => `tools[0].${name} parameter_unsupported`)

  test("chat completions: a tool, options, a browser, or nothing to say", () => {
    const sent = (webSearch: Profile["webSearch"]) =>
      up(chatCompletions, webSearch ? { webSearch } : {}, { tools: [full] })
    expect(sent("tool")).toMatchObject({
      body: {
        tools: [
          {
            type: "web_search",
            max_uses: 2,
            max_results: 3,
            search_context_size: "high",
            allowed_domains: ["a.b"],
            excluded_domains: ["c.d"],
            user_location: { type: "approximate", country: "DE" },
          },
        ],
      },
      lost: [],
    })
    const options = sent("options")
    expect(options.body.tools).toBeUndefined()
    expect(options.body.web_search_options).toEqual({
      search_context_size: "high",
      user_location: { type: "approximate", approximate: { country: "DE" } },
    })
    expect(options.lost).toEqual(lostBut("search_context_size", "user_location"))
    expect(sent("browser")).toMatchObject({ body: { tools: [{ type: "browser_search" }] }, lost: lostBut() })
    const always = sent("always")
    expect(always.body.tools).toBeUndefined()
    expect(always.lost).toEqual(lostBut())
    expect(sent(undefined)).toMatchObject({ lost: ["tools[0] search_unsupported"] })
  })

  test("an upstream without tools that always searches loses the others only", () => {
    const profile: Profile = { tools: false, webSearch: "always" }
    expect(up(chatCompletions, profile, { tools: [{ type: "web-search" }] }).lost).toEqual([])
    expect(up(chatCompletions, profile, { tools: [{ type: "web-search" }, call] }).lost).toEqual([
      "tools tool_unsupported",
    ])
  })

  test("Anthropic: its tool; both lists of domains are one too many", () => {
    const { body, lost } = up(messages, claudeProfile("claude-sonnet-4-5"), { tools: [full] })
    expect(body.tools).toEqual([
      {
        type: "web_search_20250305",
        name: "web_search",
        max_uses: 2,
        allowed_domains: ["a.b"],
        user_location: { type: "approximate", country: "DE" },
      },
    ])
    expect(lost).toEqual([
      "tools[0].max_results parameter_unsupported",
      "tools[0].search_context_size parameter_unsupported",
      "tools[0].excluded_domains parameter_conflict",
    ])
  })

  test("Responses: its tool", () => {
    const { body, lost } = up(responses, openAiResponsesProfile("gpt-5.1"), { tools: [full] })
    expect(body.tools).toEqual([
      {
        type: "web_search",
        search_context_size: "high",
        filters: { allowed_domains: ["a.b"] },
        user_location: { type: "approximate", country: "DE" },
      },
    ])
    expect(lost).toEqual(lostBut("search_context_size", "allowed_domains", "user_location"))
  })

  test("Gemini: Google's search, alone before the third, together from there on", () => {
    expect(up(gemini, geminiProfile("gemini-2.5-flash"), { tools: [full] })).toMatchObject({
      body: { tools: [{ googleSearch: {} }] },
      lost: lostBut(),
    })
    const before = up(gemini, geminiProfile("gemini-2.5-flash"), { tools: [{ type: "web-search" }, call] })
    expect(before.body.tools).toMatchObject([{ functionDeclarations: [{ name: "f" }] }])
    expect(before.body.tools).toHaveLength(1)
    expect(before.lost).toEqual(["tools[0] parameter_conflict"])
    const both = up(gemini, geminiProfile("gemini-3-flash"), { tools: [{ type: "web-search" }, call] })
    expect(both).toMatchObject({
      body: {
        tools: [{ functionDeclarations: [{ name: "f" }] }, { googleSearch: {} }],
        toolConfig: { functionCallingConfig: { mode: "VALIDATED" }, includeServerSideToolInvocations: true },
      },
      lost: [],
    })
    const forced = up(gemini, geminiProfile("gemini-3-flash"), {
      tools: [{ type: "web-search" }, call],
      toolChoice: { name: "web_search" },
    })
    expect(forced.lost).toEqual(["tool_choice tool_choice_unsupported"])
    expect(up(gemini, geminiProfile("gemma-3"), { tools: [full] }).lost).toEqual(["tools[0] search_unsupported"])
  })
})

test.each<[string, Profile["webSearch"], Profile]>([
  ["gpt-4o-search-preview", "options", openAiProfile("gpt-4o-search-preview")],
  ["gpt-5-search-api", "options", openAiProfile("gpt-5-search-api")],
  ["gpt-5.1 by chat", undefined, openAiProfile("gpt-5.1")],
  ["gpt-5.1", "tool", openAiResponsesProfile("gpt-5.1")],
  ["gpt-4o", "tool", openAiResponsesProfile("gpt-4o")],
  ["gpt-4.1-mini", "tool", openAiResponsesProfile("gpt-4.1-mini")],
  ["gpt-4.1-nano", undefined, openAiResponsesProfile("gpt-4.1-nano")],
  ["gpt-4-turbo", undefined, openAiResponsesProfile("gpt-4-turbo")],
  ["o3-mini", undefined, openAiResponsesProfile("o3-mini")],
  ["o4-mini", "tool", openAiResponsesProfile("o4-mini")],
  ["claude-sonnet-4-5", "tool", claudeProfile("claude-sonnet-4-5")],
  ["claude-3-haiku", undefined, claudeProfile("claude-3-haiku-20240307")],
  ["gemini-2.0-flash", "tool", geminiProfile("gemini-2.0-flash")],
  ["gemini-2.5-flash-image", undefined, geminiProfile("gemini-2.5-flash-image")],
  ["gemini-3.1-pro", "tool", geminiProfile("gemini-3.1-pro")],
])("%s searches: %p", (_model, webSearch, profile) => {
  expect(profile.webSearch).toBe(webSearch)
})

describe("native lane of chat completions", () => {
  const native = chatCompletions.native!
  const sent = (fields: object, profile: Profile) =>
    native.request(JSON.stringify({ messages: [{ role: "user", content: "hi" }], ...fields }), { model: "up", profile })
  const search = { tools: [{ type: "web_search", odd: 1 }] }

  test("a search goes through where the upstream takes just that", () => {
    expect(sent(search, { webSearch: "tool" })).toContain('{"type":"web_search","odd":1}')
    expect(sent({ web_search_options: { odd: 1 } }, { webSearch: "options" })).toContain(
      '"web_search_options":{"odd":1}',
    )
    expect(sent({ tools: [{ type: "browser_search" }] }, { webSearch: "browser" })).toContain("browser_search")
  })

  test.each([
    [search, {}],
    [search, { webSearch: "options" }],
    [search, { webSearch: "browser" }],
    [{ tools: [{ type: "openrouter:web_search" }] }, {}],
    [{ tools: [{ type: "browser_search" }] }, { webSearch: "tool" }],
    [{ web_search_options: {} }, { webSearch: "tool" }],
    [{ web_search_options: {} }, {}],
  ] as const)("%p does not where it takes %p", (fields, profile) => {
    expect(sent(fields, profile)).toBeUndefined()
  })

  const annotations = [
    { type: "url_citation", url_citation: { url: "https://ä.example", title: "Ä", start_index: 0, end_index: 1 } },
    { type: "file", file: { hash: "h" } },
  ]
  const patch = (face: ReplyPatch["face"]): ReplyPatch => ({
    id: "chatcmpl-1",
    model: "a/b",
    face,
    provider: "P",
    includeUsage: false,
    price: () => 0,
    estimate,
  })
  const pages = { content: [{ url: "https://ä.example", title: "Ä" }] }

  test("Requesty's clients find the pages of another gateway's annotations, whole and streamed", () => {
    const message = { role: "assistant", content: "x", annotations }
    const whole = JSON.stringify({ choices: [{ index: 0, message, finish_reason: "stop" }] })
    const replied = (face: ReplyPatch["face"]) =>
      (JSON.parse(native.reply(whole, patch(face), "p").text) as { choices: [{ message: object }] }).choices[0].message
    expect(replied("requesty")).toEqual({ ...message, web_search: pages })
    expect(replied("openrouter")).toEqual(message)

    const events = [delta({ content: "x" }), delta({ annotations }), delta({}, "stop")]
    const bytes = Buffer.from(`${events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join("")}data: [DONE]\n\n`)
    const streamed = (face: ReplyPatch["face"]) => {
      const tap = native.stream(patch(face), "p")
      return Buffer.concat([tap.push(bytes) ?? new Uint8Array(), tap.end() ?? new Uint8Array()]).toString("utf8")
    }
    const cited = streamed("requesty")
      .split("\n")
      .find((line) => line.includes("annotations"))!
    expect(JSON.parse(cited.slice(6))).toMatchObject({ choices: [{ delta: { annotations, web_search: pages } }] })
    expect(streamed("openrouter")).not.toContain("web_search")
  })

  test("what the upstream says itself is left alone", () => {
    const message = { role: "assistant", content: "x", annotations, web_search: { content: [] } }
    const whole = JSON.stringify({ choices: [{ index: 0, message, finish_reason: "stop" }] })
    expect(native.reply(whole, patch("requesty"), "p").text).toContain('"web_search":{"content":[]}')
  })
})

describe("pages that come back", () => {
  const page = (url: string, title?: string) => ({ url, ...(title === undefined ? {} : { title }) })
  const cited = (...events: unknown[]) =>
    feed([...events, delta({}, "stop"), "[DONE]"]).flatMap((part) =>
      part.type === "citation" ? [page(part.url, part.title)] : [],
    )

  test("Requesty's web_search, once each", () => {
    const found = delta({ web_search: { content: [page("https://a", "A"), page("https://b")] } })
    expect(cited(delta({ content: "x" }), found, found)).toEqual([page("https://a", "A"), page("https://b")])
  })

  test("after an annotation of the same page it says nothing new", () => {
    const annotations = [{ type: "url_citation", url_citation: { url: "https://a", start_index: 0, end_index: 1 } }]
    const found = { web_search: { content: [page("https://a", "A"), page("https://b")] } }
    expect(cited(delta({ content: "x", annotations }), delta(found))).toEqual([page("https://a"), page("https://b")])
  })

  test("what is no list of pages is passed on as it is", () => {
    const odd = { web_search: { content: [{ snippet: "x" }] } }
    expect(cited(delta(odd))).toEqual([])
    expect(messageOf(delta({ content: "x" }), delta(odd))).toMatchObject(odd)
  })

  test("Perplexity's lists", () => {
    const more = { citations: ["https://a"], search_results: [page("https://a", "A")] }
    expect(cited(delta({ content: "x" }, null, more))).toEqual([page("https://a", "A")])
    expect(cited(delta({ content: "x" }, null, { citations: ["https://a"] }))).toEqual([page("https://a")])
  })
})
