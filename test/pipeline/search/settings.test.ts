import { afterAll, beforeEach, describe, expect, test } from "bun:test"
import { errorOf, generationOf } from "../../kit/upstreams.ts"
import { finding, searchText, startSearchRig, takeQueries } from "../../kit/web-search.ts"
import { startWireServer } from "../../kit/wire-server.ts"

const rig = await startSearchRig({ "finder.ts": searchText("finder", finding()) })
const bare = await startSearchRig()
afterAll(async () => {
  await rig.stop()
  await bare.stop()
})
beforeEach(() => void takeQueries())

const user = (content: string) => [{ role: "user", content }]
const search = [{ type: "web_search" }]
const tool = { type: "function", function: { name: "f", parameters: { type: "object" } } }

describe("what the client may say", () => {
  const body = { model: "plain/model", messages: user("moon?") }

  test("settings reach the search, and its pages are kept to the domains", async () => {
    const plugins = [{ id: "web", max_results: 7, include_domains: ["moon.example"], search_prompt: "My words." }]
    const response = await rig.gateway.chat({ ...body, plugins })
    const reply = (await response.json()) as { choices: { message: { annotations: unknown[] } }[] }
    expect(takeQueries()).toEqual([{ query: "moon?", maxResults: 7, allowedDomains: ["moon.example"] }])
    expect(reply.choices[0]!.message.annotations).toHaveLength(1)
    const sent = JSON.stringify(await rig.lastPlain())
    expect(sent).toContain("moon?\\n\\nMy words.\\n\\n[1] Phases")
    expect(sent).not.toContain("tides")
  })

  test("web_search_options is a wish for a search", async () => {
    const web_search_options = {
      search_context_size: "low",
      user_location: { type: "approximate", approximate: { country: "DE" } },
    }
    expect((await rig.gateway.chat({ ...body, web_search_options })).status).toBe(200)
    expect(takeQueries()).toEqual([{ query: "moon?", maxResults: 3, userLocation: { country: "DE" } }])
    expect((await bare.gateway.chat({ ...body, web_search_options })).status).toBe(400)
  })

  test("engine: native never asks the gateway, another name always does", async () => {
    const ask = (model: string, engine: string, on = rig) =>
      on.gateway.chat({ model, messages: user("web search moon"), plugins: [{ id: "web", engine }] })
    expect(await errorOf(await ask("plain/model", "native"))).toMatchObject({
      code: "search_unavailable",
      param: "plugins[0]",
    })
    expect((await ask("anthropic/claude-sonnet-4-5", "native")).status).toBe(200)
    expect(takeQueries()).toEqual([])
    const asked = await ask("anthropic/claude-sonnet-4-5", "exa")
    expect(asked.headers.get("x-signalbox-losses")).toBeNull()
    expect(takeQueries()).toHaveLength(1)
    expect(JSON.stringify(rig.anthropic.requests.at(-1)!.body)).not.toContain("web_search_2025")
    // No search plugin: the upstream's own is the next best.
    expect((await ask("anthropic/claude-sonnet-4-5", "exa", bare)).status).toBe(200)
    expect(JSON.stringify(bare.anthropic.requests.at(-1)!.body)).toContain("web_search_2025")
  })

  test("tool_choice none searches nothing", async () => {
    await rig.gateway.chat({ ...body, tools: [...search, tool], tool_choice: "none" })
    expect(takeQueries()).toEqual([])
  })

  test("a choice of the search goes with it", async () => {
    await rig.gateway.chat({ ...body, tools: [...search, tool], tool_choice: { type: "web_search" } })
    const sent = await rig.lastPlain()
    expect(sent.tools).toHaveLength(1)
    expect(sent.tool_choice).toBeUndefined()
  })

  test("beside function tools it is an offer: without anybody to search it is a loss", async () => {
    const response = await bare.gateway.chat({ ...body, tools: [tool, ...search] })
    expect(response.status).toBe(200)
    expect(await generationOf(bare.gateway, response)).toMatchObject({
      losses: [{ path: "tools[1]", action: "dropped", code: "search_unsupported" }],
    })
    const strict = await bare.gateway.chat({ ...body, tools: [tool, ...search] }, { "x-signalbox-strict": "true" })
    expect(await errorOf(strict)).toMatchObject({ code: "losses_refused", param: "tools[1]" })
  })

  test("Gemini before 3 does not search beside function tools: the gateway does, or it is a loss", async () => {
    const mixed = { model: "google/gemini-2.5-flash", messages: user("web search moon"), tools: [...search, tool] }
    const replaced = await rig.gateway.chat(mixed)
    expect(replaced.status).toBe(200)
    expect(takeQueries()).toHaveLength(1)
    const lost = await bare.gateway.chat(mixed)
    expect(await generationOf(bare.gateway, lost)).toMatchObject({ losses: [{ code: "search_unsupported" }] })
    expect(JSON.stringify(bare.gemini.requests.at(-1)!.body)).not.toContain("googleSearch")
    // The third can, and says that it does.
    await bare.gateway.chat({ ...mixed, model: "google/gemini-3-pro" })
    expect(bare.gemini.requests.at(-1)!.body).toMatchObject({
      tools: [{ functionDeclarations: [{ name: "f" }] }, { googleSearch: {} }],
      toolConfig: { includeServerSideToolInvocations: true, functionCallingConfig: { mode: "VALIDATED" } },
    })
  })

  test("upstreams that search come first where the gateway cannot", async () => {
    const models = ["anthropic/claude-sonnet-4-5"]
    const response = await bare.gateway.chat({ ...body, models, messages: user("web search moon"), tools: search })
    expect(await generationOf(bare.gateway, response)).toMatchObject({ model: "anthropic/claude-sonnet-4-5" })
    const usual = await rig.gateway.chat({ ...body, models, tools: search })
    expect(await generationOf(rig.gateway, usual)).toMatchObject({ model: "plain/model" })
  })

  test("another gateway as upstream gets the tool, with its settings, byte for byte where it can", async () => {
    const asked = { model: "router/model", messages: user("moon?") }
    await rig.gateway.chat({ ...asked, plugins: [{ id: "web", max_results: 3, exclude_domains: ["x.y"] }] })
    expect(await rig.lastPlain()).toMatchObject({
      tools: [{ type: "web_search", max_results: 3, excluded_domains: ["x.y"] }],
    })
    const native = await rig.gateway.chat({ ...asked, tools: [{ type: "web_search", odd: 1 }] })
    expect(await rig.lastPlain()).toMatchObject({ tools: [{ type: "web_search", odd: 1 }] })
    expect(await generationOf(rig.gateway, native)).toMatchObject({ attempts: [{ lane: "native" }] })
  })

  test("a declared name that ends in :online keeps its meaning", async () => {
    const other = await startSearchRig({}, { aliases: { "my/model:online": "plain/model" } })
    const response = await other.gateway.chat({ ...body, model: "my/model:online" })
    expect(response.status).toBe(200)
    await other.stop()
  })
})

test("a format in which the upstream searches goes before the client's own, in which it does not", async () => {
  const text = "The moon is full."
  const annotation = { type: "url_citation", url: "https://moon.example/", title: "Moon", start_index: 0, end_index: 8 }
  const output = [
    { type: "web_search_call", id: "ws_1", status: "completed", action: { type: "search", query: "moon" } },
    {
      type: "message",
      id: "msg_1",
      role: "assistant",
      status: "completed",
      content: [{ type: "output_text", text, annotations: [annotation], logprobs: [] }],
    },
  ]
  const reply = {
    id: "resp_1",
    object: "response",
    status: "completed",
    model: "gpt-5.1",
    output,
    error: null,
    usage: null,
  }
  const upstream = startWireServer(() => ({ status: 200, body: JSON.stringify(reply) }))
  const on = await startSearchRig({}, { providers: [{ id: "openai", base_url: `${upstream.url}/v1`, api_key: "k" }] })
  const body = { model: "openai/gpt-5.1", messages: user("moon?"), tools: [...search, tool] }
  const response = await on.gateway.chat(body)
  expect(await response.json()).toMatchObject({
    choices: [
      { message: { content: text, annotations: [{ url_citation: { url: "https://moon.example/", end_index: 8 } }] } },
    ],
  })
  expect(response.headers.get("x-signalbox-losses")).toBeNull()
  expect(upstream.requests.map(({ path }) => path)).toEqual(["/v1/responses"])
  expect(upstream.requests[0]!.body.tools).toMatchObject([{ type: "web_search" }, { type: "function", name: "f" }])
  await on.stop()
  await upstream.stop()
})
