import { afterAll, describe, expect, test } from "bun:test"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createOpenAI } from "@ai-sdk/openai"
import { OpenRouter } from "@openrouter/sdk"
import { generateText } from "ai"
import OpenAI from "openai"
import { startFakeAnthropic } from "../kit/fake-anthropic.ts"
import { startFakeOpenAi } from "../kit/fake-openai.ts"
import { startFakeResponses } from "../kit/fake-responses.ts"
import { inferenceKey, startGateway } from "../kit/gateway.ts"
import { generationOf } from "../kit/upstreams.ts"

/** Turns that go on from stored ones, over upstreams of three formats, none of which has anything stored. */
const otherKey = "another-inference-key-0123456789"
const openai = await startFakeOpenAi({ strict: false })
const anthropic = startFakeAnthropic()
const upstream = startFakeResponses()
const gateway = await startGateway({
  keys: [
    { name: "test", key: inferenceKey },
    { name: "other", key: otherKey },
  ],
  providers: [
    { id: "chat", plugin: "openai-compatible", base_url: openai.url, api_key: "k", models: [{ id: "chat/gpt-4o" }] },
    { id: "anthropic", base_url: anthropic.url, api_key: "k", models: [{ id: "anthropic/claude-sonnet-4-5" }] },
    { id: "openai", base_url: upstream.url, api_key: "k", models: [{ id: "openai/gpt-5.5" }] },
  ],
  retries: { same_upstream: 0 },
})
afterAll(async () => {
  await gateway.stop()
  await Promise.all([openai.stop(), anthropic.stop(), upstream.stop()])
})

const clientOf = (apiKey: string, face: string) =>
  new OpenAI({ baseURL: `${gateway.url}${face}`, apiKey, maxRetries: 0 })
const client = clientOf(inferenceKey, "/v1")
const other = clientOf(otherKey, "/v1")
const failureOf = (call: PromiseLike<unknown>) =>
  Promise.resolve(call).then(
    () => "no failure",
    (error: unknown) => error,
  )

const tools: OpenAI.Responses.Tool[] = [
  {
    type: "function",
    name: "get_weather",
    description: "Weather of a city",
    strict: false,
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  },
]

const resultsOf = (response: OpenAI.Responses.Response): OpenAI.Responses.ResponseInputItem[] =>
  response.output.flatMap((item) =>
    item.type === "function_call" ? [{ type: "function_call_output", call_id: item.call_id, output: "sunny" }] : [],
  )

for (const [model, toolWords] of [
  ["chat/gpt-4o", "!parallel-tools"],
  ["anthropic/claude-sonnet-4-5", "parallel tools"],
  ["openai/gpt-5.5", "tool think"],
] as const)
  for (const stream of [false, true])
    describe(`${model}, ${stream ? "streamed" : "whole"}`, () => {
      const ask = (params: OpenAI.Responses.ResponseCreateParamsNonStreaming): Promise<OpenAI.Responses.Response> =>
        stream
          ? client.responses.stream({ ...params, stream: true } as never).finalResponse()
          : client.responses.create(params)

      test("three turns with tools, each naming only the one before", async () => {
        const first = await ask({ model, input: toolWords, tools, instructions: "Be brief." })
        expect(first.output.filter(({ type }) => type === "function_call")).toHaveLength(2)
        expect(first).toMatchObject({ store: true, previous_response_id: null })
        const second = await ask({ model, previous_response_id: first.id, input: resultsOf(first), tools })
        expect(second.previous_response_id).toBe(first.id)
        const third = await ask({ model, previous_response_id: second.id, input: "And now?", tools })
        expect(third.previous_response_id).toBe(second.id)
        expect(third.status).toBe("completed")

        const found = await client.responses.retrieve(third.id)
        // The SDK adds what it parsed.
        expect(third.output).toMatchObject(found.output as never)
        expect(found.output).not.toBeEmpty()
        expect(found.usage).toEqual(third.usage)
        const items: OpenAI.Responses.ResponseItem[] = []
        for await (const item of client.responses.inputItems.list(third.id, { limit: 2, order: "asc" }))
          items.push(item)
        const calls = items.filter(({ type }) => type === "function_call")
        expect(calls.length).toBeGreaterThanOrEqual(2)
        expect(items[0]).toMatchObject({
          type: "message",
          role: "user",
          content: [{ type: "input_text", text: toolWords }],
        })
        expect(items.at(-1)).toMatchObject({ type: "message", role: "user", content: [{ text: "And now?" }] })
        expect(new Set(items.map(({ id }) => id)).size).toBe(items.length)
        const backwards = await client.responses.inputItems.list(third.id, { limit: 100 })
        expect(backwards.data.toReversed()).toEqual(items)
      })
    })

test("the upstream gets every item before, thoughts with their own ids, and nothing of the state", async () => {
  const first = await client.responses.create({
    model: "openai/gpt-5.5",
    input: "tool think",
    tools,
    instructions: "Be brief.",
  })
  const second = await client.responses.create({
    model: "openai/gpt-5.5",
    previous_response_id: first.id,
    input: resultsOf(first),
  })
  const sent = upstream.bodies.at(-1)!
  expect((sent.input as { type: string }[]).map(({ type }) => type)).toEqual([
    "message",
    "reasoning",
    "function_call",
    "function_call",
    "function_call_output",
    "function_call_output",
  ])
  expect(sent).not.toHaveProperty("previous_response_id")
  expect(sent).not.toHaveProperty("instructions")
  expect(sent.store).toBe(false)
  expect(second.output_text).toStartWith("6 items")
})

test("a request that names no state goes up as it came, but for what is stored there", async () => {
  const response = await gateway.post("/v1/responses", '{"model":"openai/gpt-5.5","input":"hi","novelty":1.0}')
  expect(((await response.json()) as { store: boolean }).store).toBe(true)
  expect((await generationOf(gateway, response)).attempts.at(-1)!.lane).toBe("native")
})

test("with store: false nothing is kept, as Codex wants it", async () => {
  const response = await gateway.post(
    "/v1/responses",
    {
      model: "openai/gpt-5.5",
      instructions: "You are Codex.",
      input: [{ type: "message", role: "user", content: [{ type: "input_text", text: "hi" }] }],
      tools,
      tool_choice: "auto",
      parallel_tool_calls: false,
      reasoning: { effort: "high", summary: "auto" },
      store: false,
      stream: true,
      include: ["reasoning.encrypted_content"],
      prompt_cache_key: "a-b-c",
    },
    { originator: "codex_cli_rs", session_id: "a-b-c", accept: "text/event-stream" },
  )
  const text = await response.text()
  expect(text).toContain("event: response.completed")
  const id = /"id":"(resp_\w+)"/.exec(text)?.[1]
  expect(id).toBeString()
  expect((await gateway.get(`/v1/responses/${id}`)).status).toBe(404)
})

test("an upgrade is answered 426, so that the client falls back at once", async () => {
  for (const face of ["/v1", "/api/v1"]) {
    const response = await fetch(`${gateway.url}${face}/responses`, {
      headers: { authorization: `Bearer ${inferenceKey}`, connection: "Upgrade", upgrade: "websocket" },
    })
    expect(response.status).toBe(426)
    expect(response.headers.get("upgrade")).toBe("HTTP/1.1")
    expect(await response.text()).toContain("POST")
  }
})

test("another key finds nothing of it", async () => {
  const mine = await client.responses.create({ model: "openai/gpt-5.5", input: "secret" })
  const item = mine.output[0]!.id!
  for (const call of [
    () => other.responses.retrieve(mine.id),
    () => other.responses.delete(mine.id),
    () => other.responses.cancel(mine.id),
    () => other.responses.inputItems.list(mine.id),
  ])
    expect(await failureOf(call())).toMatchObject({ status: 404 })
  expect(
    await failureOf(other.responses.create({ model: "openai/gpt-5.5", previous_response_id: mine.id, input: "?" })),
  ).toMatchObject({ status: 400, code: "previous_response_not_found", param: "previous_response_id" })
  expect(
    await failureOf(other.responses.create({ model: "openai/gpt-5.5", input: [{ type: "item_reference", id: item }] })),
  ).toMatchObject({ status: 400, param: "input[0].id" })
  expect((await client.responses.retrieve(mine.id)).id).toBe(mine.id)
})

test("items that were stored are found by their ids, whoever gave them", async () => {
  for (const model of ["openai/gpt-5.5", "chat/gpt-4o"]) {
    const first = await client.responses.create({ model, input: "remember me" })
    const [said] = (await client.responses.inputItems.list(first.id)).data
    await client.responses.create({
      model: "openai/gpt-5.5",
      input: [
        { type: "item_reference", id: said!.id! },
        { type: "item_reference", id: first.output.at(-1)!.id! },
        { role: "user", content: "go on" },
      ],
    })
    const sent = upstream.bodies.at(-1)!.input as { role: string; content: unknown }[]
    expect(sent.map(({ role }) => role)).toEqual(["user", "assistant", "user"])
    expect(JSON.stringify(sent[0]!.content)).toContain("remember me")
  }
})

test("a deleted turn is gone, and those that go on from it say so", async () => {
  const first = await client.responses.create({ model: "openai/gpt-5.5", input: "one" })
  const second = await client.responses.create({
    model: "openai/gpt-5.5",
    previous_response_id: first.id,
    input: "two",
  })
  await client.responses.delete(first.id)
  expect(await failureOf(client.responses.retrieve(first.id))).toMatchObject({ status: 404 })
  const failure = await failureOf(
    client.responses.create({ model: "openai/gpt-5.5", previous_response_id: second.id, input: "three" }),
  )
  expect(failure).toMatchObject({ status: 400, code: "previous_response_not_found" })
  expect((failure as Error).message).toContain(first.id)
})

test("state that is not kept here is refused with what to do", async () => {
  for (const [field, value] of Object.entries({
    conversation: "conv_1",
    previous_response_id: 7,
    store: "yes",
    background: "yes",
  })) {
    const response = await gateway.post("/v1/responses", { model: "openai/gpt-5.5", input: "hi", [field]: value })
    expect(response.status).toBe(400)
    expect(((await response.json()) as { error: { param: string } }).error.param).toBe(field)
  }
  const twice = '{"model":"openai/gpt-5.5","input":"hi","previous_response_id":null,"previous_response_id":"resp_1"}'
  expect((await gateway.post("/v1/responses", twice)).status).toBe(400)
})

test("the input is counted with the turns before it", async () => {
  const first = await client.responses.create({ model: "openai/gpt-5.5", input: "many words ".repeat(50) })
  const alone = await client.responses.inputTokens.count({ model: "openai/gpt-5.5", input: "hi" })
  const after = await client.responses.inputTokens.count({
    model: "openai/gpt-5.5",
    previous_response_id: first.id,
    input: "hi",
  })
  expect(alone.object).toBe("response.input_tokens")
  expect(after.input_tokens).toBeGreaterThan(alone.input_tokens + 20)
})

test("OpenRouter's SDK reads what is kept for it", async () => {
  const router = new OpenRouter({ apiKey: inferenceKey, serverURL: `${gateway.url}/api/v1` })
  const first = await router.responses.send({ responsesRequest: { model: "openai/gpt-5.5", input: "one" } })
  expect(first).toMatchObject({ status: "completed", store: false })
  const kept = clientOf(inferenceKey, "/api/v1")
  const one = await kept.responses.create({ model: "openai/gpt-5.5", input: "one" })
  const second = await router.responses.send({
    responsesRequest: { model: "openai/gpt-5.5", input: "two", previousResponseId: one.id },
  })
  expect(second).toMatchObject({ previousResponseId: one.id, output: [{ content: [{ text: "3 items: one|two" }] }] })
})

test("the AI SDK goes on by what it calls previousResponseId, and by references of its own", async () => {
  const provider = createOpenAI({ apiKey: inferenceKey, baseURL: `${gateway.url}/v1` })
  const first = await generateText({ model: provider("openai/gpt-5.5"), prompt: "think one" })
  const referring = await generateText({
    model: provider("openai/gpt-5.5"),
    messages: [{ role: "user", content: "think one" }, ...first.response.messages, { role: "user", content: "two" }],
  })
  expect(referring.text).toEndWith("items: think one|two")
  const previousResponseId = first.providerMetadata?.openai?.responseId as string
  const chained = await generateText({
    model: provider("openai/gpt-5.5"),
    prompt: "three",
    providerOptions: { openai: { previousResponseId } },
  })
  expect(chained.text).toEndWith("items: think one|three")
})

test("a conversation goes on after a restart", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "signalbox-responses-"))
  const config = { data_dir: dataDir, providers: [{ id: "openai", base_url: upstream.url, api_key: "k" }] }
  const ask = async (more: object) => {
    const running = await startGateway(config)
    const response = await running.post("/v1/responses", { model: "openai/gpt-4o", ...more })
    const body = (await response.json()) as { id: string; output: { content: { text: string }[] }[] }
    await running.stop()
    return body
  }
  const first = await ask({ input: "before" })
  const second = await ask({ input: "after", previous_response_id: first.id })
  expect(second.output[0]!.content[0]!.text).toBe("3 items: before|after")
  rmSync(dataDir, { recursive: true, force: true })
})

test("where nothing is kept, a wish to keep is a loss, and in strict mode refused", async () => {
  const none = await startGateway({
    responses: { retention_days: 0 },
    providers: [{ id: "openai", base_url: upstream.url, api_key: "k" }],
  })
  const body = { model: "openai/gpt-4o", input: "hi", store: true }
  const response = await none.post("/v1/responses", body)
  expect(response.headers.get("x-signalbox-losses")).toContain("dropped=store")
  const { id, store } = (await response.json()) as { id: string; store: boolean }
  expect(store).toBe(false)
  expect((await none.get(`/v1/responses/${id}`)).status).toBe(404)
  expect((await none.post("/v1/responses", body, { "x-signalbox-strict": "true" })).status).toBe(400)
  const plain = await none.post("/v1/responses", { ...body, store: undefined }, { "x-signalbox-strict": "true" })
  expect(plain.status).toBe(200)
  await none.stop()
})

test("lists refuse what is no page", async () => {
  const { id } = await client.responses.create({ model: "openai/gpt-5.5", input: "hi" })
  for (const [query, param] of [
    ["limit=0", "limit"],
    ["limit=101", "limit"],
    ["order=up", "order"],
    ["after=msg_unknown", "after"],
  ]) {
    const response = await gateway.get(`/api/v1/responses/${id}/input_items?${query}`)
    expect(response.status).toBe(400)
    expect(await response.text()).toContain(`"${param}"`)
  }
})
