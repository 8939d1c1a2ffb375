import { afterAll, expect, test } from "bun:test"
import { startGateway } from "../kit/gateway.ts"

const gateway = await startGateway({
  providers: [
    { id: "openai", api_key: "k" },
    { id: "mine", plugin: "openai", base_url: "http://127.0.0.1:9/v1", api_key: "k" },
    { id: "house", plugin: "openai-compatible", base_url: "http://127.0.0.1:9/v1" },
    { id: "anthropic", api_key: "k", models: [{ id: "anthropic/claude-sonnet-4-5" }] },
  ],
  aliases: { small: "openai/gpt-4o-mini" },
})
afterAll(() => gateway.stop())

interface Listed {
  readonly id: string
  readonly input_price: number
  readonly context_window: number
  readonly description?: string
  readonly pricing: { readonly prompt: string }
  readonly context_length: number | null
}
const list = async (path: string) => ((await (await gateway.get(path)).json()) as { data: Listed[] }).data

test("a provider without models: lists what is publicly known of its vendor, with prices", async () => {
  const models = await list("/v1/models")
  const mini = models.find(({ id }) => id === "openai/gpt-4o-mini")
  expect(mini).toMatchObject({ input_price: 0.00000015, context_window: 128_000 })
  // The same model at a second entry of the same kind is not a second model.
  expect(models.map(({ id }) => id)).not.toContain("mine/gpt-4o-mini")
  const endpoints = (await (await gateway.get("/api/v1/models/openai/gpt-4o-mini/endpoints")).json()) as {
    data: { endpoints: { tag: string }[] }
  }
  expect(endpoints.data.endpoints.map(({ tag }) => tag)).toEqual(["openai", "mine"])
  // An alias of such a model.
  expect(models.map(({ id }) => id)).toContain("small")
})

test("what only lists of prices know says so", async () => {
  const models = await list("/v1/models")
  // Released after what is built in was written down; nobody has asked the upstream.
  expect(models.find(({ id }) => id === "openai/gpt-6-sol")?.description).toContain("not checked")
  expect(models.find(({ id }) => id === "openai/gpt-4o-mini")?.description ?? "").not.toContain("not checked")
})

test("what was shut down is not offered", async () => {
  const ids = (await list("/v1/models")).map(({ id }) => id)
  for (const id of ["openai/text-davinci-003", "openai/gpt-4-32k", "openai/o1-mini"]) expect(ids).not.toContain(id)
})

test("the same on the other face", async () => {
  const mini = (await list("/api/v1/models")).find(({ id }) => id === "openai/gpt-4o-mini")
  expect(mini).toMatchObject({ pricing: { prompt: "0.00000015", completion: "0.0000006" }, context_length: 128_000 })
})

test("each kind has its lists", async () => {
  const embedder = "openai/text-embedding-3-small"
  for (const path of ["/v1/models/embedding", "/v1/models/all", "/api/v1/embeddings/models"])
    expect((await list(path)).map(({ id }) => id)).toContain(embedder)
  for (const path of ["/v1/models/chat", "/v1/models/image", "/api/v1/models", "/api/v1/rerank/models"])
    expect((await list(path)).map(({ id }) => id)).not.toContain(embedder)
  const [shown] = (await list("/api/v1/embeddings/models")).filter(({ id }) => id === embedder)
  expect(shown).toMatchObject({ architecture: { modality: "text->embeddings", output_modalities: ["embeddings"] } })
})

test("nothing is listed that is not known", async () => {
  const ids = (await list("/v1/models")).map(({ id }) => id)
  // A vendor that no price list has; a provider whose models are configured; what writes no text.
  expect(ids.filter((id) => id.startsWith("house/"))).toEqual([])
  expect(ids.filter((id) => id.startsWith("anthropic/"))).toEqual(["anthropic/claude-sonnet-4-5"])
  expect(ids.filter((id) => id.includes("embedding"))).toEqual([])
  expect(new Set(ids).size).toBe(ids.length)
})

test.each(["/v1/models", "/api/v1/models"])(
  "a key in the URL of %s is refused, though no key is needed",
  async (path) => {
    const answer = await fetch(`${gateway.url}${path}?api_key=sk-0123456789`)
    expect(answer.status).toBe(400)
    expect(await answer.text()).toContain("key_in_query")
  },
)

test("a reload makes the list anew", async () => {
  const { ok } = await gateway.configure({
    providers: [{ id: "mine", plugin: "openai", base_url: "http://127.0.0.1:9/v1", api_key: "k" }],
  })
  expect(ok).toBe(true)
  const models = await list("/v1/models")
  // Whoever serves it now, it is the same model.
  expect(models.map(({ id }) => id)).toContain("openai/gpt-4o-mini")
  expect(models.map(({ id }) => id)).not.toContain("small")
})
