import { afterAll, describe, expect, test } from "bun:test"
import { kindsOfCalls } from "../kit/calls.ts"
import { inferenceKey, startGateway } from "../kit/gateway.ts"
import { isFree, kindOf, leastBody, inferencePaths as paths } from "../kit/inference-routes.ts"
import { type SeenMedia, startMediaServer } from "../kit/media.ts"

const reply = {
  id: "x",
  object: "chat.completion",
  created: 1,
  choices: [{ index: 0, message: { role: "assistant", content: "x" }, finish_reason: "stop" }],
  data: [{ index: 0, embedding: [1], b64_json: btoa("image") }],
  results: [{ index: 0, relevance_score: 1 }],
  text: "x",
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
}
const answer = ({ path }: SeenMedia) =>
  path.endsWith("/speech") ? new Response("sound", { headers: { "content-type": "audio/mpeg" } }) : Response.json(reply)
const upstreams = { eu: startMediaServer(answer), us: startMediaServer(answer) }
const kinds = ["chat", ...kindsOfCalls]
const modelsAt = (...places: string[]) =>
  kinds.flatMap((kind) => places.map((place) => ({ id: `test/${kind}-${place}`, upstream: `${kind}-${place}`, kind })))
const provider = (id: string, place: "eu" | "us", region: string | undefined, models: object) => ({
  id,
  plugin: "openai-compatible",
  base_url: `${upstreams[place].url}/v1`,
  api_key: "k",
  ...(region === undefined ? {} : { region }),
  models,
})

const gateway = await startGateway({
  server: {
    listeners: [{ port: 0, region: "EU" }, { port: 0, region: "eu", strict: false }, { port: 0 }],
    hosts: [
      { name: "EU.llm.test", region: "eu" },
      { name: "soft.llm.test", region: "eu", strict: false },
    ],
  },
  providers: [
    provider("us", "us", "us-east-1", modelsAt("us", "both")),
    provider("nowhere", "us", undefined, modelsAt("nowhere")),
    provider("eu", "eu", "swedencentral", modelsAt("eu", "both")),
  ],
  retries: { same_upstream: 0 },
})
afterAll(async () => {
  await gateway.stop()
  await upstreams.eu[Symbol.asyncDispose]()
  await upstreams.us[Symbol.asyncDispose]()
})

const [strictUrl, softUrl, plainUrl] = gateway.others as [string, string, string]

interface Door {
  readonly name: string
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
}
const strictDoors: readonly Door[] = [
  { name: "the listener of a region", url: strictUrl },
  { name: "the host name of a region", url: gateway.url, headers: { host: "eu.llm.test" } },
  { name: "the same with a port and capitals", url: gateway.url, headers: { host: "EU.LLM.test:8443" } },
  { name: "the same with dots behind it", url: gateway.url, headers: { host: "eu.llm.test..:8443" } },
  { name: "one of two names", url: gateway.url, headers: { host: "llm.test, EU.llm.test:8443" } },
  { name: "the stricter of two names", url: gateway.url, headers: { host: "soft.llm.test, eu.llm.test" } },
  { name: "the name behind somebody's", url: gateway.url, headers: { host: "me@eu.llm.test" } },
  { name: "the listener, whatever host is named", url: strictUrl, headers: { host: "soft.llm.test" } },
]
const softDoors: readonly Door[] = [
  { name: "a listener that leaves out", url: softUrl },
  { name: "a host name that leaves out", url: gateway.url, headers: { host: "soft.llm.test" } },
]
const openDoors: readonly Door[] = [
  { name: "the main address", url: gateway.url },
  { name: "a listener without a region", url: plainUrl },
  { name: "a name that only a proxy would know", url: gateway.url, headers: { "x-forwarded-host": "eu.llm.test" } },
  { name: "a name that is none of ours", url: gateway.url, headers: { host: "constructor" } },
]

function ask(door: Door, path: string, place: string): Promise<Response> {
  const model = `test/${kindOf(path)}-${place}`
  return fetch(door.url + path.replace("{model}", encodeURIComponent(model)), {
    method: "POST",
    headers: { authorization: `Bearer ${inferenceKey}`, "content-type": "application/json", ...door.headers },
    body: JSON.stringify(leastBody(path, model)),
  })
}

const seen = () => [upstreams.eu.requests.length, upstreams.us.requests.length] as const
const answerOf = async (door: Door, path: string, place: string) => {
  const [euBefore, usBefore] = seen()
  const response = await ask(door, path, place)
  const text = await response.text()
  const [eu, us] = seen()
  return { status: response.status, text, eu: eu - euBefore, us: us - usBefore }
}

test("there are routes to try", () => {
  expect(paths).toEqual(
    expect.arrayContaining([
      "/v1/chat/completions",
      "/api/v1/embeddings",
      "/v1/images/edits",
      "/v1/audio/translations",
    ]),
  )
  expect(paths.length).toBeGreaterThan(30)
})

describe.each(paths)("%s", (path) => {
  test("a strict door refuses what is elsewhere, or nobody knows where", async () => {
    for (const door of strictDoors)
      for (const place of ["us", "nowhere"]) {
        const { status, text, eu, us } = await answerOf(door, path, place)
        expect([door.name, place, status, eu, us]).toEqual([door.name, place, 403, 0, 0])
        expect(text).toContain("eu")
        expect(text).toContain("region")
      }
  })

  test("a door that leaves out does as if it were not there", async () => {
    for (const door of softDoors) {
      const { status, eu, us } = await answerOf(door, path, "us")
      expect([door.name, status, eu, us]).toEqual([door.name, 404, 0, 0])
    }
  })

  test("both go to the region's provider, where others come first elsewhere", async () => {
    for (const door of [...strictDoors, ...softDoors])
      for (const place of ["eu", "both"]) {
        const { status, eu, us } = await answerOf(door, path, place)
        expect([door.name, place, status, us]).toEqual([door.name, place, 200, 0])
        if (!isFree(path)) expect([door.name, place, eu]).toEqual([door.name, place, 1])
      }
  })

  test("other doors are open", async () => {
    for (const door of openDoors) {
      const { status, us } = await answerOf(door, path, "us")
      expect([door.name, status]).toEqual([door.name, 200])
      if (!isFree(path)) expect(us).toBe(1)
    }
  })
})

describe("lists", () => {
  const lists = [
    "/v1/models/all",
    "/v1/models",
    "/v1/models/managed",
    "/api/v1/models?output_modalities=all",
    "/api/v1/models/user?output_modalities=all",
    "/api/v1/embeddings/models",
    "/api/v1/rerank/models",
    "/api/v1/images/models",
  ]
  const listed = async ({ url, headers = {} }: Door, path: string): Promise<readonly string[]> => {
    const answer = await fetch(url + path, { headers: { authorization: `Bearer ${inferenceKey}`, ...headers } })
    expect(answer.status).toBe(200)
    return ((await answer.json()) as { data: { id: string }[] }).data.map(({ id }) => id)
  }
  test.each(lists)("%s has what the door lets through", async (path) => {
    const all = await listed(openDoors[0]!, path)
    for (const door of [...strictDoors, ...softDoors]) {
      const shown = await listed(door, path)
      expect([door.name, shown]).toEqual([
        door.name,
        all.filter((id) => /-(eu|both)(@eu)?$|^openrouter\/auto$/.test(id)),
      ])
    }
    for (const door of openDoors) expect([door.name, await listed(door, path)]).toEqual([door.name, all])
  })

  test("single models and their endpoints as well", async () => {
    const get = (door: Door, path: string) =>
      fetch(door.url + path, { headers: { authorization: `Bearer ${inferenceKey}`, ...door.headers } })
    for (const door of [...strictDoors, ...softDoors]) {
      expect((await get(door, "/api/v1/model/test/chat-us")).status).toBe(404)
      expect((await get(door, "/v1/models/test/chat-us")).status).toBe(404)
      const both = await get(door, "/api/v1/models/test/chat-both/endpoints")
      const { data } = (await both.json()) as { data: { endpoints: { tag: string }[] } }
      expect(data.endpoints.map(({ tag }) => tag)).toEqual(["eu"])
    }
  })
})

test("a change of listeners waits for the next start, and says so", async () => {
  const changed = await startGateway({ server: { listeners: [{ port: 0, region: "eu" }] } })
  try {
    await changed.configure({})
    expect(changed.logged()).toContain("server changed; it takes effect at the next start")
    expect((await fetch(`${changed.others[0]}/health`)).status).toBe(200)
  } finally {
    await changed.stop()
  }
})

test("an address that is taken is named, and nothing listens", async () => {
  const port = Number(new URL(strictUrl).port)
  expect(startGateway({ server: { listeners: [{ port }] } })).rejects.toMatchObject({ code: "EADDRINUSE", port })
})
