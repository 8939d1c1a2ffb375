import { afterAll, beforeEach, describe, expect, test } from "bun:test"
import webSearch from "../../plugins/web-search/index.ts"
import type { JsonObject, Search, SearchQuery } from "../../src/contract/index.ts"
import { embedWords } from "../../src/contract-suite/embed.ts"
import { createContext } from "../../src/host/context.ts"
import { Guard, Meter } from "../../src/host/guard.ts"
import { memoryRows } from "../../src/host/memory-rows.ts"
import { readOptions } from "../../src/host/options.ts"
import { memoryStorage, SharedValues } from "../../src/host/shared.ts"
import { ManualTime, recordingLog } from "../host/kit.ts"

interface Seen {
  readonly method: string
  readonly url: URL
  readonly headers: Headers
  readonly body: JsonObject | undefined
}

let answer: () => Response = () => new Response("{}")
const seen: Seen[] = []
const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  async fetch(request) {
    const text = await request.text()
    const body = text === "" ? undefined : (JSON.parse(text) as JsonObject)
    seen.push({ method: request.method, url: new URL(request.url), headers: request.headers, body })
    return answer()
  },
})
const base = `http://127.0.0.1:${server.port}`
afterAll(() => server.stop(true))
beforeEach(() => {
  seen.length = 0
})

const time = new ManualTime()

async function start(options: JsonObject, secrets: Readonly<Record<string, string>> = { api_key: "secret-key" }) {
  const settings = { hookMs: 0, failures: 0, retryMs: 0, drainMs: 0 }
  const { context } = createContext({
    plugin: "web-search",
    log: recordingLog(),
    fetch,
    secrets,
    redact: () => {},
    storage: memoryStorage(time),
    rows: memoryRows(time),
    embed: embedWords,
    shared: new SharedValues(),
    clock: time,
    guard: new Guard({ meter: new Meter("web-search"), settings, timers: time, clock: time, onFault: () => {} }),
  })
  const given = await webSearch.setup(readOptions(webSearch, options) as never, context)
  return given.searches?.[0] as Search
}

const call = (signal = new AbortController().signal) => ({ requestId: "r", model: "m", keyId: "k", signal })
const query: SearchQuery = {
  query: "full moon",
  maxResults: 4,
  allowedDomains: ["*.moon.example", "https://blog.example/tides"],
  blockedDomains: ["spam.example"],
  userLocation: { country: "de" },
}

/** What each service is asked, and what it answers. */
const services = {
  searxng: {
    reply: {
      results: [
        {
          url: "https://moon.example/",
          title: "The &quot;Moon&quot;",
          content: "It is <b>full</b> &#8211; soon",
          engine: "x",
        },
        { url: "magnet:?x", title: "t", content: "c" },
        { title: "no address" },
      ],
    },
    expected: [{ url: "https://moon.example/", title: 'The "Moon"', content: "It is full – soon" }],
    asked: {
      method: "GET",
      path: "/search",
      parameters: { q: "full moon site:moon.example OR site:blog.example -site:spam.example", format: "json" },
      key: ["authorization", "Bearer secret-key"],
    },
  },
  brave: {
    reply: {
      web: {
        results: [
          {
            url: "https://moon.example/",
            title: "Moon",
            description: "Full <strong>soon</strong>.",
            extra_snippets: ["More"],
          },
          { url: "https://b.example/", title: null },
        ],
      },
    },
    expected: [
      { url: "https://moon.example/", title: "Moon", content: "Full soon.\nMore" },
      { url: "https://b.example/", title: "https://b.example/", content: "" },
    ],
    asked: {
      method: "GET",
      path: "/web/search",
      parameters: {
        q: "full moon site:moon.example OR site:blog.example -site:spam.example",
        count: "4",
        country: "DE",
        text_decorations: "false",
        result_filter: "web",
      },
      key: ["x-subscription-token", "secret-key"],
    },
  },
  tavily: {
    reply: { results: [{ url: "https://moon.example/", title: "Moon", content: "Full & round <3", score: 0.9 }] },
    expected: [{ url: "https://moon.example/", title: "Moon", content: "Full & round <3" }],
    asked: {
      method: "POST",
      path: "/search",
      body: {
        query: "full moon",
        max_results: 4,
        include_domains: ["moon.example", "blog.example"],
        exclude_domains: ["spam.example"],
      },
      key: ["authorization", "Bearer secret-key"],
    },
  },
  exa: {
    reply: {
      results: [
        { url: "https://moon.example/", title: "Moon", text: "Full.", id: "x" },
        { url: "https://b.example/", title: "B", highlights: ["one", "two"] },
      ],
    },
    expected: [
      { url: "https://moon.example/", title: "Moon", content: "Full." },
      { url: "https://b.example/", title: "B", content: "one\ntwo" },
    ],
    asked: {
      method: "POST",
      path: "/search",
      body: {
        query: "full moon",
        type: "auto",
        numResults: 4,
        contents: { text: { maxCharacters: 4000 } },
        includeDomains: ["moon.example", "blog.example"],
        excludeDomains: ["spam.example"],
        userLocation: "DE",
      },
      key: ["x-api-key", "secret-key"],
    },
  },
} as const

const names = Object.keys(services) as (keyof typeof services)[]

for (const backend of names) {
  const { reply, expected, asked } = services[backend]
  describe(backend, () => {
    const options = { backend, base_url: `${base}/`, keep_seconds: 0 }

    test("is asked in its own words, and read", async () => {
      answer = () => Response.json(reply)
      const search = await start(options)
      expect(search.name).toBe(backend)
      expect(await search.search(query, call())).toEqual(expected)
      const [request] = seen
      expect(request!.method).toBe(asked.method)
      expect(request!.url.pathname).toBe(asked.path)
      expect(request!.headers.get(asked.key[0])).toBe(asked.key[1])
      if ("body" in asked) expect(request!.body).toEqual(asked.body as never)
      else expect(Object.fromEntries(request!.url.searchParams)).toEqual({ ...asked.parameters })
    })

    test("without filters it is asked for the query alone", async () => {
      answer = () => Response.json(reply)
      await (await start(options)).search({ query: "  moon ", maxResults: 2 }, call())
      expect(seen[0]!.body?.query ?? seen[0]!.url.searchParams.get("q")).toBe("moon")
      expect(JSON.stringify(seen[0]!.body ?? "")).not.toMatch(/omains/)
    })

    test("gives no more results than asked for, nor than configured", async () => {
      const many = Array.from({ length: 9 }, (_, index) => ({ url: `https://m.example/${index}`, title: "t" }))
      answer = () => Response.json(backend === "brave" ? { web: { results: many } } : { results: many })
      expect(await (await start(options)).search({ query: "q", maxResults: 3 }, call())).toHaveLength(3)
      expect(
        await (await start({ ...options, max_results: 2 })).search({ query: "q", maxResults: 3 }, call()),
      ).toHaveLength(2)
    })

    test.each([[{}], [[]], [{ results: 7, web: null }], [{ results: [null, 1, "x", {}] }], [null]])(
      "nothing is found in %p",
      async (nonsense) => {
        answer = () => Response.json(nonsense)
        expect(await (await start(options)).search({ query: "q", maxResults: 3 }, call())).toEqual([])
      },
    )

    test.each([
      [401, /status 401: the key is wrong/],
      [429, /status 429: too many/],
      [500, /status 500$/],
      [302, /status 302/],
    ])("a status %d is an error without the key", async (status, words) => {
      answer = () => new Response("secret-key", { status, headers: { location: "http://127.0.0.1:1/" } })
      const thrown = await (await start(options)).search(query, call()).catch((error: Error) => error)
      expect((thrown as Error).message).toMatch(words)
      expect((thrown as Error).message).not.toContain("secret")
      expect(seen).toHaveLength(1)
    })

    test("an answer that is not JSON is an error", async () => {
      answer = () => new Response("<html>")
      await expect((await start(options)).search(query, call())).rejects.toThrow(/not JSON/)
    })
  })
}

test("a client that leaves ends the search", async () => {
  const arrived = Promise.withResolvers<void>()
  answer = () => {
    arrived.resolve()
    return new Response(new ReadableStream({ pull: () => new Promise(() => {}) }))
  }
  const leaving = new AbortController()
  const search = await start({ backend: "searxng", base_url: base })
  const searched = search.search(query, call(leaving.signal))
  await arrived.promise
  leaving.abort()
  await expect(searched).rejects.toThrow()
})

test("a service that is too slow is an error", async () => {
  answer = () => new Response(new ReadableStream({ pull: () => new Promise(() => {}) }))
  const search = await start({ backend: "searxng", base_url: base, timeout_seconds: 0.02 })
  await expect(search.search(query, call())).rejects.toThrow(/timed out/)
})

test("an answer without end is cut off", async () => {
  const block = new Uint8Array(1024 * 1024).fill(32)
  answer = () => new Response(new ReadableStream({ pull: (controller) => controller.enqueue(block) }))
  await expect((await start({ backend: "searxng", base_url: base })).search(query, call())).rejects.toThrow(/too large/)
})

test("the same question is answered from memory for a while; an empty answer and another filter are not", async () => {
  answer = () => Response.json(services.tavily.reply)
  const search = await start({ backend: "tavily", base_url: base, keep_seconds: 60 })
  await search.search(query, call())
  expect(await search.search({ ...query }, call())).toEqual(services.tavily.expected as never)
  expect(seen).toHaveLength(1)
  await search.search({ ...query, allowedDomains: [] }, call())
  expect(seen).toHaveLength(2)
  time.advance(60_001)
  answer = () => Response.json({ results: [] })
  expect(await search.search(query, call())).toEqual([])
  expect(await search.search(query, call())).toEqual([])
  expect(seen).toHaveLength(4)
})

test("a text of nothing is not searched for", async () => {
  expect(await (await start({ backend: "exa", base_url: base })).search({ query: " ", maxResults: 3 }, call())).toEqual(
    [],
  )
  expect(seen).toHaveLength(0)
})

describe("settings", () => {
  test("without a backend there is nothing", async () => {
    expect(await start({})).toBeUndefined()
  })
  test.each([
    [{ backend: "searxng" }, /searxng needs base_url/],
    [{ base_url: "https://x.example" }, /set backend/],
    [{ backend: "google" }, /backend/],
    [{ backend: "exa", max_results: 0 }, /max_results/],
    [{ backend: "exa", base_url: "ftp://x" }, /base_url/],
    [{ backend: "exa", api_key: "x" }, /api_key/],
  ])("%p is refused", (options, words) => {
    expect(() => {
      webSearch.validate?.(readOptions(webSearch, options) as never)
    }).toThrow(words)
  })
  test("a service that needs a key says so at once; SearXNG needs none", async () => {
    await expect(start({ backend: "brave" }, {})).rejects.toThrow(/api_key/)
    answer = () => Response.json({ results: [] })
    await (await start({ backend: "searxng", base_url: base }, {})).search(query, call())
    expect(seen[0]!.headers.has("authorization")).toBe(false)
  })
})
