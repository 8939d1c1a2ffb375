import { afterEach, describe, expect, test } from "bun:test"
import { inferenceKey } from "../../kit/gateway.ts"
import { guardrailText } from "../../kit/plugin-folder.ts"
import { errorOf, generationOf } from "../../kit/upstreams.ts"
import { finding, pages, searchText, startSearchRig, takeQueries } from "../../kit/web-search.ts"

const user = (content: string) => [{ role: "user", content }]
const search = [{ type: "web_search" }]

describe("searches that fail", () => {
  const open: (() => Promise<void>)[] = []
  afterEach(async () => {
    for (const close of open.splice(0)) await close()
  })
  const start = async (plugins: Readonly<Record<string, string>>, config: object = {}) => {
    const started = await startSearchRig(plugins, config)
    open.push(started.stop)
    return started
  }
  const body = { model: "plain/model", messages: user("moon?"), tools: search }

  test("the next one is asked", async () => {
    const on = await start({
      "a.ts": searchText("a", 'throw new Error("down")'),
      "b.ts": searchText("b", "return []"),
      "c.ts": searchText("c", finding(pages.slice(1))),
    })
    const response = await on.gateway.chat(body)
    expect(await response.text()).toContain("https://blog.example/tides/")
    expect(on.gateway.logged()).toContain("search failed")
  })

  test.each([
    ["throws", 'throw new Error("down")'],
    ["finds nothing", "return []"],
    ["gives nonsense", "return 7"],
    ["finds no addresses", 'return [{ url: "ftp://x", title: "", content: "" }]'],
    ["hangs", "await new Promise(() => {})"],
  ])("one that %s costs the search, not the answer", async (_name, hook) => {
    const on = await start({ "a.ts": searchText("a", hook) }, {})
    const { ok } = await on.gateway.configure({
      providers: [
        {
          id: "plain",
          plugin: "openai-compatible",
          base_url: on.plain.url,
          api_key: "k",
          models: [{ id: "plain/model", upstream: "text" }],
        },
      ],
      plugins: { dir: on.folder, hook_seconds: 0.2 },
    })
    expect(ok).toBe(true)
    const response = await on.gateway.chat(body)
    expect(await response.text()).toContain("Hello")
    expect(await generationOf(on.gateway, response)).toMatchObject({ losses: [{ code: "search_failed" }] })
    const strict = await on.gateway.chat(body, { "x-signalbox-strict": "true" })
    expect(await errorOf(strict)).toMatchObject({ code: "losses_refused" })
  })

  test("a search is made once, however many upstreams are tried", async () => {
    const on = await start({ "a.ts": searchText("a", finding()) })
    await on.gateway.configure({
      providers: ["error-500", "text"].map((upstream, index) => ({
        id: `p${index}`,
        plugin: "openai-compatible",
        base_url: on.plain.url,
        api_key: "k",
        models: [{ id: "plain/model", upstream }],
      })),
      plugins: { dir: on.folder },
      retries: { same_upstream: 0 },
    })
    takeQueries()
    const response = await on.gateway.chat(body)
    const { attempts } = await generationOf(on.gateway, response)
    expect(attempts.map(({ outcome }) => outcome)).toEqual(["failed", "ok"])
    expect(takeQueries()).toHaveLength(1)
    expect(JSON.stringify(await on.lastPlain())).toContain("full on Friday")
  })
})

describe("what else looks at a request", () => {
  const open: (() => unknown)[] = []
  afterEach(async () => {
    for (const close of open.splice(0).reverse()) await close()
  })
  const body = { model: "plain/model", messages: user("my code is 1234, moon?"), tools: search }
  const start = async (plugins: Readonly<Record<string, string>>, config: object = {}) => {
    const started = await startSearchRig(plugins, config)
    open.push(started.stop)
    return started
  }

  test("guardrails mask what is searched for and what was found, and leave out pages that they block", async () => {
    const on = await start({
      "a.ts": searchText(
        "a",
        finding([...pages, { url: "https://bad.example/", title: "Bad", content: "poison 9876" }]),
      ),
      "mask.ts": guardrailText("code", "/\\d{4}/g", 'action: "mask"'),
      "block.ts": guardrailText("poison", "/poison/g", 'action: "block"'),
    })
    const response = await on.gateway.chat({ ...body, messages: user("my code is 1234, moon?") })
    expect(response.status).toBe(200)
    const [query] = takeQueries()
    expect(query!.query).toStartWith("my code is")
    expect(query!.query).not.toContain("1234")
    const sent = JSON.stringify(await on.lastPlain())
    expect(sent).toContain("full on Friday")
    expect(sent).not.toContain("bad.example")
  })

  test("what was found is held for, or refused before it is sent", async () => {
    const long = pages.map((page) => ({ ...page, content: "moon ".repeat(4000) }))
    // The search itself, and a little more.
    const limit = 0.2512
    const on = await start(
      { "a.ts": searchText("a", finding(long)) },
      { keys: [{ name: "test", key: inferenceKey, limit }] },
    )
    const before = on.plain.requests.length
    // Some 2,300 tokens at 1 USD a million.
    const response = await on.gateway.chat({ ...body, max_tokens: 20 })
    expect(await errorOf(response)).toMatchObject({ code: "spend_limit_reached" })
    expect(on.plain.requests.length).toBe(before)
  })

  test("a client that leaves ends the search, and the request is over", async () => {
    const on = await start({
      "a.ts": searchText(
        "a",
        'globalThis.searching?.(); await new Promise((_, reject) => call.signal.addEventListener("abort", () => { globalThis.searchEnded?.(); reject(new Error("left")) }))',
      ),
    })
    const [began, ended] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    Object.assign(globalThis, { searching: began.resolve, searchEnded: ended.resolve })
    const leaving = new AbortController()
    const asked = fetch(`${on.gateway.url}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${inferenceKey}`, "content-type": "application/json" },
      body: JSON.stringify(body),
      signal: leaving.signal,
    }).catch((error: unknown) => error)
    await began.promise
    leaving.abort()
    await asked
    await ended.promise
    // The plugin is not to blame: the next search is made.
    Object.assign(globalThis, { searching: undefined, searchEnded: undefined })
    expect(on.gateway.logged()).not.toContain("search failed")
  })

  test("a cache keeps the answer with its citations, and the next search is saved", async () => {
    const on = await start({ "a.ts": searchText("a", finding()) })
    const remember = { "x-signalbox-cache": "on" }
    takeQueries()
    const first = (await (await on.gateway.chat(body, remember)).json()) as { choices: { message: object }[] }
    const second = (await (await on.gateway.chat(body, remember)).json()) as typeof first
    expect(second.choices[0]!.message).toEqual(first.choices[0]!.message)
    expect(takeQueries()).toHaveLength(1)
    expect(JSON.stringify(first)).toContain("https://moon.example/phases")
  })
})
