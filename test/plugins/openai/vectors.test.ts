import { expect, test } from "bun:test"
import { openAi } from "../../../plugins/openai/provider.ts"
import { abilityCall, startMediaServer } from "../../kit/media.ts"

const create = (baseUrl?: string) =>
  openAi.create({ id: "openai", apiKey: "k", headers: {}, options: {}, ...(baseUrl ? { baseUrl } : {}) })

test("embeddings go where chats go, with the same key", async () => {
  await using server = startMediaServer(() => ({ data: [{ index: 0, embedding: "AACAPw==" }] }))
  const { call, lost } = abilityCall("text-embedding-3-small")
  const { embeddings } = create(`${server.url}/v1`).abilities!
  const request = { model: "m", input: [{ type: "tokens", tokens: [1, 2] }], encoding: "base64" } as const
  const reply = await embeddings!.run({ ...request, dimensions: 256, inputType: "search_query" }, call)
  expect(server.requests[0]).toMatchObject({ path: "/v1/embeddings" })
  expect(server.requests[0]?.headers.get("authorization")).toBe("Bearer k")
  expect(server.requests[0]?.json).toEqual({
    model: "text-embedding-3-small",
    input: [[1, 2]],
    dimensions: 256,
    encoding_format: "base64",
  })
  expect(lost()).toEqual(["dropped input_type"])
  expect(reply.vectors).toEqual([{ base64: "AACAPw==" }])
})

test("the oldest model has one length", async () => {
  await using server = startMediaServer(() => ({ data: [{ index: 0, embedding: [1] }] }))
  const { call, lost } = abilityCall("text-embedding-ada-002")
  const request = { model: "m", input: [{ type: "text", text: "a" }], encoding: "float", dimensions: 2 } as const
  await create(`${server.url}/v1`).abilities!.embeddings!.run(request, call)
  expect(lost()).toEqual(["dropped dimensions"])
})

test("OpenAI's own host embeds with models of that name; another one with any", () => {
  expect(create().abilities!.embeddings!.serves!("text-embedding-3-large")).toBe(true)
  expect(create().abilities!.embeddings!.serves!("gpt-4o")).toBe(false)
  expect(create("http://127.0.0.1:9/v1").abilities!.embeddings!.serves).toBeUndefined()
})
