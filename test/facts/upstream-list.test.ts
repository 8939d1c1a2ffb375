import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { GatewayError } from "../../src/contract/errors.ts"
import type { Json, JsonObject } from "../../src/contract/json.ts"
import type { ModelListing } from "../../src/contract/provider.ts"
import { readModelList } from "../../src/dialects/index.ts"
import { refreshRig, upstream } from "../kit/refresh.ts"

/** By path and query; a function is asked each time. */
let pages: Record<string, unknown> = {}
let seen: Request[] = []
let server: ReturnType<typeof Bun.serve>
beforeAll(() => {
  server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      seen.push(request.clone() as Request)
      const { pathname, search } = new URL(request.url)
      const page = pages[pathname + search]
      if (page instanceof Response) return page.clone() as Response
      return page === undefined ? new Response("no", { status: 404 }) : Response.json(page)
    },
  })
})
afterAll(() => server.stop(true))

const origin = () => `http://127.0.0.1:${server.port}`
const headers = { authorization: "Bearer secret-key" }
const listing = (more: Partial<ModelListing> = {}): ModelListing => ({
  endpoint: () => ({ url: `${origin()}/models`, headers }),
  read: readModelList,
  ...more,
})
const paged = listing({
  next: (document) => {
    const { next } = document as JsonObject
    return typeof next === "string"
      ? { url: next.startsWith("http") ? next : `${origin()}${next}`, headers }
      : undefined
  },
})

const begin = (own: ModelListing = listing(), given: Record<string, unknown> = {}) => {
  pages = given
  seen = []
  const rig = refreshRig({ upstreams: [upstream("mine", "openai-compatible", own)] })
  return Object.assign(rig, {
    names: () =>
      rig.sources
        .get("provider-list")
        ?.list("openai-compatible", "mine")
        .map(({ upstream: name }) => name),
    whole: () => rig.sources.get("provider-list")?.whole?.("openai-compatible", "mine"),
  })
}
const rows = (...ids: string[]) => ids.map((id) => ({ id, object: "model" }))

describe("a list", () => {
  test("is asked for with the upstream's credential, and known for that upstream alone", async () => {
    const rig = begin(listing(), { "/models": { data: rows("a", "b") } })
    expect(await rig.refresher.refresh({})).toMatchObject([
      { document: "provider-list/mine", outcome: "fetched", models: 2, leftOut: 0 },
    ])
    expect(seen[0]?.headers.get("authorization")).toBe("Bearer secret-key")
    const source = rig.sources.get("provider-list")!
    expect(rig.names()).toEqual(["a", "b"])
    expect(source.list("openai-compatible", "other")).toEqual([])
    expect(source.list("openai-compatible")).toEqual([])
    expect(source.list("openai", "mine")).toEqual([])
    expect([rig.whole()?.has("a"), rig.whole()?.has("c")]).toEqual([true, false])
  })

  test("goes on page by page", async () => {
    const rig = begin(paged, {
      "/models": { data: rows("a"), next: "/models?page=2" },
      "/models?page=2": { data: rows("b"), next: "/models?page=3" },
      "/models?page=3": { data: rows("c") },
    })
    await rig.refresher.refresh({})
    expect(rig.names()).toEqual(["a", "b", "c"])
    expect(rig.whole()?.has("d")).toBe(false)
  })

  test("that has no end is cut, and says nothing of what it lacks", async () => {
    const endless = Object.fromEntries(
      Array.from({ length: 60 }, (_, page) => [
        page === 0 ? "/models" : `/models?page=${page}`,
        { data: rows(`m${page}`), next: `/models?page=${page + 1}` },
      ]),
    )
    const rig = begin(paged, endless)
    await rig.refresher.refresh({})
    expect(rig.names()).toHaveLength(50)
    expect(rig.whole()).toBeUndefined()
  })

  test.each([
    ["in a circle", { "/models": { data: rows("a"), next: "/models" } }, "its pages lead in a circle"],
    [
      "to another host, which must not get the credential",
      { "/models": { data: rows("a"), next: "http://127.0.0.2:9/models" } },
      "it goes on at another host, where no credential is sent",
    ],
    ["to a page that is broken", { "/models": { data: rows("a"), next: "/gone" } }, /status 404/],
    ["nowhere, and is no list", { "/models": { models: {} } }, /no list of models/],
    ["elsewhere by a redirect", { "/models": Response.redirect("http://127.0.0.2:9/models") }, /redirect/],
    ["nowhere: the credential is refused", { "/models": new Response("bad key", { status: 401 }) }, /refused/],
  ] as const)("that leads %s is not taken; the one before stays", async (_, given, error) => {
    const rig = begin(paged, { "/models": { data: rows("good") } })
    await rig.refresher.refresh({})
    pages = given
    expect(await rig.refresher.refresh({})).toMatchObject([{ outcome: "failed", error: expect.stringMatching(error) }])
    expect(rig.names()).toEqual(["good"])
    expect(JSON.stringify(rig.logged)).not.toContain("secret-key")
  })

  test("is checked row by row", async () => {
    const rig = begin(listing(), {
      "/models": {
        data: [
          ...rows("a", "x".repeat(300), "turned\u202E", "two\nlines"),
          { id: "b", context_length: 1e12 },
          { id: "c", context_length: "9" },
        ],
      },
    })
    expect(await rig.refresher.refresh({})).toMatchObject([{ models: 2, leftOut: 4 }])
    expect(rig.names()).toEqual(["a", "c"])
  })

  test("that is empty takes nothing away", async () => {
    const rig = begin(listing(), { "/models": { data: [] } })
    expect(await rig.refresher.refresh({})).toMatchObject([{ outcome: "fetched", models: 0 }])
    expect(rig.whole()).toBeUndefined()
  })

  test("of half as many models is believed of a small one, and not of a large one", async () => {
    const many = Array.from({ length: 40 }, (_, index) => `m${index}`)
    const rig = begin(listing(), { "/models": { data: rows(...many) } })
    await rig.refresher.refresh({})
    pages = { "/models": { data: rows(...many.slice(0, 19)) } }
    expect(await rig.refresher.refresh({})).toMatchObject([{ outcome: "failed" }])
    expect(await rig.refresher.refresh({ force: true })).toMatchObject([{ outcome: "fetched", models: 19 }])
    pages = { "/models": { data: rows("m1") } }
    expect(await rig.refresher.refresh({})).toMatchObject([{ outcome: "fetched", models: 1 }])
  })

  test("that is partial says nothing of what it lacks", async () => {
    const rig = begin(listing({ partial: true }), { "/models": { data: rows("a") } })
    await rig.refresher.refresh({})
    expect(rig.names()).toEqual(["a"])
    expect(rig.whole()).toBeUndefined()
  })

  test("that is not there is no news", async () => {
    const rig = begin()
    expect(await rig.refresher.refresh({})).toMatchObject([{ outcome: "failed" }])
    expect(rig.logged.map(({ level }) => level)).toEqual(["debug"])
  })

  test("is signed where the upstream wants it", async () => {
    const own = listing({
      sign: async (request) => ({ ...request, headers: { "x-signature": `of[${request.body}]` } }),
    })
    const rig = begin(own, { "/models": { data: rows("a") } })
    await rig.refresher.refresh({})
    expect([seen[0]?.method, seen[0]?.headers.get("x-signature")]).toEqual(["GET", "of[]"])
  })

  test.each([
    [
      "read throws",
      {
        read: () => {
          throw new GatewayError("plugin_failed", "no")
        },
      },
    ],
    ["read gives rubbish", { read: () => [null, 7, { upstream: 3 }] as never }],
    ["sign throws", { sign: () => Promise.reject(new GatewayError("provider_auth", "no token")) }],
  ] as const)("of a plugin whose %s hurts nobody", async (_, more) => {
    const rig = begin(listing(more), { "/models": { data: rows("a") } })
    const [result] = await rig.refresher.refresh({})
    expect(result).toMatchObject({ models: 0 })
  })
})

describe("details of single models", () => {
  const detailed = listing({
    details: {
      request: (model) => ({ url: `${origin()}/show/${model}`, headers, body: JSON.stringify({ model }) }),
      read: (document: Json) => ({ context: Number((document as JsonObject).context) }),
    },
  })

  test("are laid over the list; one that fails is left out, and the model stays", async () => {
    const rig = begin(detailed, {
      "/models": { data: rows("a", "b", "c") },
      "/show/a": { context: 8192 },
      "/show/b": { context: -1 },
    })
    await rig.refresher.refresh({})
    const list = rig.sources.get("provider-list")!.list("openai-compatible", "mine")
    expect(list).toEqual([{ upstream: "a", context: 8192 }, { upstream: "b" }, { upstream: "c" }])
    expect(seen.map(({ method }) => method)).toEqual(["GET", "POST", "POST", "POST"])
  })
})

test("of an upstream that changed its address, nothing is believed until it is asked", async () => {
  const rig = begin(listing(), { "/models": { data: rows("a") } })
  await rig.refresher.refresh({})
  const moved = listing({ endpoint: () => ({ url: `${origin()}/elsewhere`, headers }) })
  rig.upstreams = [upstream("mine", "openai-compatible", moved)]
  await rig.refresher.sync()
  expect(rig.names()).toEqual([])
  pages = { "/elsewhere": { data: rows("b") } }
  expect(await rig.refresher.refreshDue()).toMatchObject([{ outcome: "fetched" }])
  expect(rig.names()).toEqual(["b"])
})

test("without upstream_lists no upstream is asked", async () => {
  const rig = begin(listing(), { "/models": { data: rows("a") } })
  rig.settings.upstreamLists = false
  expect(await rig.refresher.refresh({})).toEqual([])
  expect(seen).toEqual([])
})
