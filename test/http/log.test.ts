import { afterAll, expect, test } from "bun:test"
import { adminKey, inferenceKey } from "../kit/gateway.ts"
import { ask, startRig } from "../kit/upstreams.ts"

const rig = await startRig(["text"], {
  keys: [
    { name: "test", key: inferenceKey },
    { name: "other", key: "other-inference-key-0123456789" },
  ],
})
afterAll(() => rig.stop())
const { gateway } = rig

interface Shown {
  readonly id: string
  readonly status: number
  readonly key_name: string
  readonly user: string | null
  readonly cost: number
  readonly extra: Readonly<Record<string, string>>
  readonly feedback: unknown
  readonly conversation: string
}
const get = async <T>(path: string, status = 200): Promise<T> => {
  const response = await gateway.get(path, adminKey)
  expect(response.status).toBe(status)
  return (await response.json()) as T
}
const log = (query = "") => get<{ data: Shown[]; next_cursor: string | null }>(`/admin/log${query}`)
const call = async (body: unknown, key = inferenceKey): Promise<string> => {
  const response = await gateway.chat(body, { authorization: `Bearer ${key}`, "http-referer": "https://app.example" })
  await response.text()
  return response.headers.get("x-generation-id") ?? ""
}

const ids: string[] = []
for (const user of ["ann", "bob", "carl"])
  ids.push(
    await call(ask(`Hello from ${user}`, { user, requesty: { extra: { team: user === "bob" ? "blue" : "red" } } })),
  )
ids.push(await call(ask("Hello", { user: "dora" }), "other-inference-key-0123456789"))
ids.push(await call(ask("Hello", { model: "test/nothing" })))

test("requests are found right after they ended, by all that they are filtered by", async () => {
  const all = await log()
  expect(all.data.map(({ id }) => id)).toEqual(ids.toReversed())
  expect(all.next_cursor).toBeNull()
  expect(all.data[4]).toMatchObject({
    status: 200,
    key_name: "test",
    user: "ann",
    extra: { team: "red" },
    app: "https://app.example",
  })
  const found = async (query: string) => (await log(`?${query}`)).data.map(({ id }) => ids.indexOf(id))
  expect(await found("user=ann,b*")).toEqual([1, 0])
  expect(await found("key_id=other")).toEqual([3])
  expect(await found("key_id=o*,nobody")).toEqual([3])
  expect(await found("status=4*")).toEqual([4])
  expect(await found("extra.team=blue")).toEqual([1])
  expect(await found("extra.Team=blue")).toEqual([1])
  expect(await found("user=!ann,b*")).toEqual([4, 3, 2])
  expect(await found("extra.team=!*&status=!4*")).toEqual([3])
  expect(await found("key_id=!test")).toEqual([3])
  expect(await found("model=test/model&cost_min=0.0000001&cost_max=100&latency_max=60000")).toEqual([3, 2, 1, 0])
  expect(await found("cost_min=100")).toEqual([])
  expect(await found(`q=${ids[2]}`)).toEqual([2])
  expect(await found("q=car*")).toEqual([2])
  expect(await found("from=2999-01-01T00:00:00Z")).toEqual([])
  expect(await found("to=1000")).toEqual([])
  expect(await found("streamed=true")).toEqual([])
})

test("a request is found by its own id in any of its forms", async () => {
  const { data } = await get<{ data: { request_id: string; upstream_id: string } }>(`/admin/log/${ids[0]}`)
  for (const id of [data.request_id, data.upstream_id])
    expect((await log(`?q=${encodeURIComponent(id)}`)).data.map(({ id }) => id)).toContain(ids[0]!)
  await get("/admin/log/gen-nobody", 404)
})

test("pages follow each other", async () => {
  const found: string[] = []
  let query = "?limit=2"
  for (;;) {
    const { data, next_cursor } = await log(query)
    found.push(...data.map(({ id }) => id))
    if (next_cursor === null) break
    query = `?limit=2&cursor=${next_cursor}`
  }
  expect(found).toEqual(ids.toReversed())
})

test("what is no filter is refused, with its name", async () => {
  for (const [query, param] of [
    ["modle=x", "modle"],
    ["extra.=x", "extra."],
    ["cost_min=much", "cost_min"],
    ["cursor=nonsense", "cursor"],
    ["from=yesterday", "from"],
    ["limit=0", "limit"],
    ["limit=5000", "limit"],
    ["format=xml", "format"],
    [`user=${"x".repeat(600)}`, "user"],
    ["user=,", "user"],
    ["user=!", "user"],
    ["streamed=maybe", "streamed"],
  ] as const) {
    const { error } = await get<{ error: { code: string; param: string } }>(`/admin/log?${query}`, 400)
    expect([query, error.param]).toEqual([query, param])
  }
  await get("/admin/log/facets", 400)
  await get("/admin/log/facets?field=price", 400)
  // However many stars there are, the answer is there at once.
  expect((await log(`?user=${"*a".repeat(250)}`)).data).toEqual([])
})

test("facets count values under the same filters", async () => {
  const { data, requests } = await get<{ data: Record<string, { values: unknown }>; requests: number }>(
    "/admin/log/facets?field=user,extra.team&key_id=test&status=200",
  )
  expect(requests).toBe(3)
  expect(data["extra.team"] as unknown).toEqual({
    values: [
      { value: "red", count: 2 },
      { value: "blue", count: 1 },
    ],
    different: 2,
  })
  expect(data.user).toMatchObject({ different: 3 })
})

test("exports have all that is meant, and no cell that a spreadsheet would run", async () => {
  await call(ask("Hello", { user: "=cmd()" }))
  const lines = (await (await gateway.get("/admin/log?format=jsonl&user=ann,bob", adminKey)).text())
    .trimEnd()
    .split("\n")
  expect(lines.map((line) => (JSON.parse(line) as Shown).user)).toEqual(["bob", "ann"])
  const csv = await (await gateway.get("/admin/log?format=csv&user=*", adminKey)).text()
  const [head = "", first = ""] = csv.split("\r\n")
  expect(head.split(",").slice(0, 3)).toEqual(["id", "time", "status"])
  expect(first).toContain("'=cmd()")
})

test("an inference key does not see the log", async () => {
  for (const path of ["/admin/log", "/admin/log/facets?field=user", `/admin/log/${ids[0]}`, "/admin/sessions"]) {
    expect((await gateway.get(path, inferenceKey)).status).toBe(403)
    expect((await gateway.get(path, "nobody")).status).toBe(403)
  }
})

test("two turns without a name are one session", async () => {
  const first = { role: "user", content: "What is a railway signal box?" }
  await call({ model: "test/model", messages: [first] })
  await call({
    model: "test/model",
    messages: [first, { role: "assistant", content: "A place." }, { role: "user", content: "Where?" }],
  })
  await call(ask("Something else"))
  const { data } = await get<{ data: { conversation: string; requests: number; models: string[]; cost: number }[] }>(
    "/admin/sessions",
  )
  const [linked] = data.filter(({ requests, conversation }) => requests === 2 && conversation !== "")
  expect(linked).toMatchObject({ requests: 2, models: ["test/model"] })
  expect(linked!.cost).toBeGreaterThan(0)
  expect((await log(`?conversation=${linked!.conversation}`)).data).toHaveLength(2)
})

test("what clients say of an answer is on its row, merged, and found by it", async () => {
  const say = (body: unknown, key = inferenceKey) =>
    gateway.post("/api/v1/generation/feedback", body, { authorization: `Bearer ${key}` })
  const said = await say({ generation_id: ids[0], category: "latency", comment: "slow" })
  expect([said.status, await said.json()]).toEqual([200, { data: { success: true } }])
  expect((await say({ generation_id: ids[0], category: "formatting" })).status).toBe(200)
  expect((await log("?user=ann")).data[0]?.feedback).toEqual({ category: "formatting", comment: "slow" })
  expect((await log("?feedback=formatting")).data.map(({ id }) => id)).toEqual([ids[0]!])
  expect((await log("?feedback=comment:s*&status=200")).data.map(({ id }) => id)).toEqual([ids[0]!])
  expect((await log("?feedback=latency")).data).toEqual([])
  // Somebody else's generation is none.
  expect((await say({ generation_id: ids[3], category: "latency" })).status).toBe(404)
  expect((await say({ generation_id: ids[0], category: "boring" })).status).toBe(400)
  expect((await say({ category: "latency" })).status).toBe(400)
  expect((await say({ generation_id: ids[0], category: "other", rating: 1 })).status).toBe(400)
  expect((await say({ generation_id: ids[0], category: "other", comment: "x".repeat(9_000) })).status).toBe(400)
})
