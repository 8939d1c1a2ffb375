import { expect, test } from "bun:test"
import type { ClientDialect, Dialect, Json, Loss, Profile } from "../../src/contract/index.ts"
import {
  chatCompletions,
  chatCompletionsClient,
  messages,
  messagesClient,
  responses,
} from "../../src/dialects/index.ts"

const translate = (client: ClientDialect, body: Json, upstream: Dialect, profile: Profile = {}) => {
  const losses: Loss[] = []
  const target = { model: "up", profile, lose: (loss: Loss) => losses.push(loss) }
  const sent = upstream.encodeRequest(client.decodeRequest(body), target)
  return { sent, lost: losses.map(({ path }) => path) }
}

const chat = { model: "a/b", messages: [{ role: "user", content: "hi" }] }
const tool = { name: "f", input_schema: { type: "object" } }
const anthropic = {
  model: "a/b",
  max_tokens: 20,
  messages: chat.messages,
  tools: [{ ...tool, eager_input_streaming: true }],
}

test("what asks for nothing is not lost: clients send it with every request", () => {
  for (const upstream of [messages, responses])
    expect(translate(chatCompletionsClient, { ...chat, store: false, prediction: null }, upstream).lost).toEqual([])
  expect(
    translate(chatCompletionsClient, { ...chat, store: false }, chatCompletions, { dropFields: ["store"] }),
  ).toEqual({
    sent: { model: "up", messages: chat.messages },
    lost: [],
  })
  for (const upstream of [chatCompletions, responses])
    expect(translate(messagesClient, anthropic, upstream).lost).toEqual([])
})

test("what asks for something is lost", () => {
  expect(translate(chatCompletionsClient, { ...chat, store: true }, messages).lost).toEqual(["store"])
  expect(
    translate(chatCompletionsClient, { ...chat, store: true }, chatCompletions, { dropFields: ["store"] }).lost,
  ).toEqual(["store"])
})

test("what OpenAI's two formats share goes from one to the other", () => {
  const shared = { safety_identifier: "u-1", prompt_cache_retention: "24h" }
  const { sent, lost } = translate(
    chatCompletionsClient,
    { ...chat, ...shared, prediction: { type: "content" } },
    responses,
  )
  expect(sent).toMatchObject(shared)
  expect(lost).toEqual(["prediction"])
})

test("a lone system message is input, since the API takes no instructions alone", () => {
  const { sent } = translate(
    chatCompletionsClient,
    { model: "a/b", messages: [{ role: "system", content: "hi" }] },
    responses,
  )
  expect(sent.instructions).toBeUndefined()
  expect(sent.input).toHaveLength(1)
})
