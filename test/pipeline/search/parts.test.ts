import { describe, expect, test } from "bun:test"
import type { ChatRequest, Content } from "../../../src/contract/index.ts"
import { isWelcome } from "../../../src/pipeline/search/domains.ts"
import { withoutSearch, withResults } from "../../../src/pipeline/search/insert.ts"
import { mentionsOf } from "../../../src/pipeline/search/mentions.ts"
import { questionOf } from "../../../src/pipeline/search/query.ts"
import { readWebPlugin } from "../../../src/pipeline/search/web-plugin.ts"

const said = (text: string): Content => ({ type: "text", text })
const request = (more: Partial<ChatRequest>): ChatRequest => ({
  model: "m",
  messages: [],
  sampling: {},
  stream: false,
  ...more,
})

describe("what is searched for", () => {
  test("the last text of the user's last message, in one line", () => {
    const messages: ChatRequest["messages"] = [
      { role: "user", content: [said("first")] },
      { role: "user", content: [said("<reminder>be kind</reminder>"), said("who won\n  the cup?"), said("  ")] },
      { role: "assistant", content: [{ type: "tool-call", id: "c", name: "f", arguments: "{}", kind: "function" }] },
      { role: "tool", callId: "c", content: [said("result")] },
    ]
    expect(questionOf(request({ messages }))).toEqual({ message: 1, query: "who won the cup?" })
  })

  test("at most 400 characters, cut between words, never through a character", () => {
    const long = questionOf(request({ messages: [{ role: "user", content: [said("wörter ".repeat(100))] }] }))
    expect(long?.query.length).toBeLessThanOrEqual(400)
    expect(long?.query).toEndWith("wörter")
    const one = questionOf(request({ messages: [{ role: "user", content: [said(`x${"🙂".repeat(300)}`)] }] }))
    expect(one?.query.isWellFormed()).toBe(true)
  })

  test("nothing where the user wrote nothing", () => {
    expect(questionOf(request({ messages: [{ role: "assistant", content: [said("hi")] }] }))).toBeUndefined()
  })
})

test.each([
  ["https://a.example/x", { allowedDomains: ["a.example"] }, true],
  ["https://www.a.example/x", { allowedDomains: ["a.example"] }, true],
  ["https://nota.example/x", { allowedDomains: ["a.example"] }, false],
  ["https://b.a.example/", { allowedDomains: ["*.a.example"] }, true],
  ["https://a.example/blog/1", { allowedDomains: ["a.example/blog"] }, true],
  ["https://a.example/blogger", { allowedDomains: ["a.example/blog"] }, false],
  ["https://a.example/x", { blockedDomains: ["A.example"] }, false],
  ["https://b.example/x", { blockedDomains: ["a.example"] }, true],
  ["javascript:alert(1)", {}, false],
  ["not an address", {}, false],
])("%s within %p: %p", (url, rules, expected) => {
  expect(isWelcome(url, { type: "web-search", ...rules })).toBe(expected)
})

describe("mentions", () => {
  const page = { url: "https://a.example/b", title: "B", content: "" }
  const places = (text: string, from = 0) =>
    mentionsOf(text, from, [page]).map(({ startIndex, endIndex }) => text.slice(startIndex, endIndex))

  test.each([
    ["see https://a.example/b.", ["https://a.example/b"]],
    ["see [a.example](https://a.example/b) and more", ["[a.example](https://a.example/b)"]],
    ["[x](https://a.example/b/)", ["[x](https://a.example/b/)"]],
    ["https://a.example/bc https://a.example/b?q=1", []],
    ["[not\nclosed](https://a.example/b)", ["https://a.example/b"]],
    ["(https://a.example/b) https://a.example/b", ["https://a.example/b", "https://a.example/b"]],
    ["🙂 https://a.example/b", ["https://a.example/b"]],
  ])("%p", (text, expected) => {
    expect(places(text)).toEqual(expected)
  })

  test("earlier text is not looked at again", () => {
    expect(places("https://a.example/b then https://a.example/b", 5)).toHaveLength(1)
  })
})

describe("putting results in", () => {
  const found = { query: "q", results: [{ url: "https://a.example/", title: "A", content: "passage" }] }

  test("behind the text that was searched for; a cached text stays as it is", () => {
    const cached: Content = { type: "text", text: "long", cache: {} }
    const both = request({
      messages: [
        { role: "user", content: [said("ask")] },
        { role: "user", content: [cached] },
      ],
    })
    const first = withResults(both, { message: 0, query: "q" }, found, "2026-01-02", undefined).messages[0]!
    expect(first.content).toHaveLength(1)
    const [only] = first.content
    const text = only?.type === "text" ? only.text : ""
    expect(text).toStartWith("ask\n\nThe web was searched on 2026-01-02 for: q\n")
    expect(text).toEndWith("[1] A\nhttps://a.example/\npassage")
    const second = withResults(both, { message: 1, query: "q" }, found, "d", "My words:").messages[1]!
    expect(second.content[0]).toEqual(cached)
    expect(second.content[1]).toEqual(said("My words:\n\n[1] A\nhttps://a.example/\npassage"))
  })

  test("the tool goes, and with it a choice of it", () => {
    const search = { type: "web-search" } as const
    const other = { type: "function", name: "f" } as const
    expect(withoutSearch(request({ tools: [search], toolChoice: "required" }))).toEqual(request({}))
    expect(withoutSearch(request({ tools: [search, other], toolChoice: { name: "web_search" } }))).toEqual(
      request({ tools: [other] }),
    )
    expect(withoutSearch(request({ tools: [search, other], toolChoice: { name: "f" } }))).toEqual(
      request({ tools: [other], toolChoice: { name: "f" } }),
    )
  })
})

test.each([
  [undefined, undefined],
  [[{ id: "file-parser" }], undefined],
  [[{ id: "web", enabled: false }], undefined],
  ["web", undefined],
  [[{ id: "x" }, { id: "web" }], { tool: { type: "web-search" }, path: "plugins[1]" }],
  [
    [
      {
        id: "web",
        engine: "exa",
        max_results: 2,
        search_prompt: "p",
        include_domains: ["a.b"],
        exclude_domains: ["c.d"],
      },
    ],
    {
      tool: {
        type: "web-search",
        engine: "exa",
        maxResults: 2,
        searchPrompt: "p",
        allowedDomains: ["a.b"],
        blockedDomains: ["c.d"],
      },
      path: "plugins[0]",
    },
  ],
])("plugins %p", (plugins, expected) => {
  expect(readWebPlugin(plugins)).toEqual(expected as never)
})

test("a wrong setting is named with its path", () => {
  expect(() => readWebPlugin([{ id: "web", max_results: "many" }])).toThrow(/plugins\[0\]\.max_results/)
})
