import { describe, expect, test } from "bun:test"
import type { ChatRequest, ClientDialect, Dialect, Json, JsonObject } from "../../../src/contract/index.ts"
import { isObject } from "../../../src/contract/index.ts"
import {
  chatCompletions,
  chatCompletionsClient,
  gemini,
  geminiClient,
  geminiProfile,
  messages,
  messagesClient,
  responses,
  responsesClient,
} from "../../../src/dialects/index.ts"
import { content, hashOf, withoutQuestion } from "../../../src/pipeline/recall/fingerprint.ts"
import { bodiesOf } from "../../fuzz/bodies.ts"
import { chanceOf } from "../../fuzz/chance.ts"
import { mutated } from "../../fuzz/mutate.ts"
import { clients } from "../../kit/clients/all.ts"

const formats: readonly (readonly [ClientDialect, Dialect])[] = [
  [chatCompletionsClient, chatCompletions],
  [messagesClient, messages],
  [responsesClient, responses],
  [geminiClient, gemini],
]
const upstreams = formats.map(([, upstream]) => upstream)

const decoded = (client: ClientDialect, body: Json): ChatRequest | undefined => {
  try {
    return client.decodeRequest(body, { model: "m" })
  } catch {
    return undefined
  }
}

/** All that any upstream could be sent for a request. */
const sent = (request: ChatRequest): readonly string[] =>
  upstreams.map((upstream) => {
    const profile = upstream === gemini ? geminiProfile("gemini-2.5-pro") : {}
    try {
      const body = upstream.encodeRequest({ ...request, stream: false }, { model: "m", profile, lose: () => {} })
      return JSON.stringify(body)
    } catch {
      return "refused"
    }
  })

const fingerprint = (request: ChatRequest): string => hashOf(content(request))

/** Every body that differs from this one in one leaf. */
function* variations(value: Json): Generator<Json> {
  if (Array.isArray(value)) {
    for (const [at, item] of value.entries()) for (const one of variations(item)) yield value.with(at, one)
  } else if (isObject(value)) {
    for (const [key, item] of Object.entries(value)) {
      for (const one of variations(item)) yield { ...value, [key]: one }
      const { [key]: _, ...rest } = value
      yield rest
    }
    yield { ...value, field_of_tomorrow: 1 }
  } else if (typeof value === "string") yield `${value}x`
  else if (typeof value === "number") yield value + 1
  else yield value !== true
}

describe("two requests that an upstream could tell apart never have one fingerprint", () => {
  for (const [client, upstream] of formats) {
    const kit = clients.find(({ name }) => name === upstream.name)!
    const bodies = bodiesOf(kit, "m", false)

    test(`${client.name}: every leaf of a body`, () => {
      let apart = 0
      for (const body of bodies) {
        const base = decoded(client, body)
        if (!base) continue
        const [print, texts] = [fingerprint(base), sent(base).join("\n")]
        for (const variation of variations(body)) {
          const other = decoded(client, variation)
          if (!other || sent(other).join("\n") === texts) continue
          apart += 1
          expect(fingerprint(other), JSON.stringify(variation)).not.toBe(print)
        }
      }
      expect(apart).toBeGreaterThan(20)
    })

    test(`${client.name}: whatever is done to a body`, () => {
      const chance = chanceOf(19)
      let equal = 0
      for (const body of bodies) {
        const seen = new Map<string, string>()
        for (let round = 0; round < 400; round++) {
          let changed = body
          for (let times = 1 + chance.below(3); times > 0; times--) changed = mutated(changed, chance)
          const request = decoded(client, changed)
          if (!request) continue
          const texts = sent(request).join("\n")
          const known = seen.get(fingerprint(request))
          if (known === undefined) seen.set(fingerprint(request), texts)
          else {
            equal += 1
            expect(known).toBe(texts)
          }
        }
      }
      expect(equal).toBeGreaterThan(10)
    })
  }
})

const plain: JsonObject = { model: "a/b", messages: [{ role: "user", content: "hi" }] }
const printOf = (body: JsonObject): string => fingerprint(chatCompletionsClient.decodeRequest(body))

test("what is not for the model makes no difference", () => {
  const more: readonly JsonObject[] = [
    { stream: true },
    { stream: true, stream_options: { include_usage: true } },
    { session_id: "s" },
    { trace: { trace_id: "t" } },
    { usage: { include: true } },
    { requesty: { tags: ["a"], user_id: "u" } },
    { debug: { echo_upstream_body: true } },
  ]
  for (const fields of more) expect(printOf({ ...plain, ...fields }), JSON.stringify(fields)).toBe(printOf(plain))
})

test("what upstreams are sent beside the content does", () => {
  const more: readonly JsonObject[] = [
    { user: "u" },
    { metadata: { a: "b" } },
    { prompt_cache_key: "k" },
    { seed: 1 },
    { transforms: ["middle-out"] },
    { plugins: [{ id: "file-parser", pdf: { engine: "native" } }] },
    { field_of_tomorrow: true },
  ]
  const prints = more.map((fields) => printOf({ ...plain, ...fields }))
  expect(new Set([...prints, printOf(plain)]).size).toBe(more.length + 1)
})

describe("the question of a request", () => {
  const ask = (content: Json, earlier: readonly JsonObject[] = []) =>
    withoutQuestion(
      chatCompletionsClient.decodeRequest({ model: "a/b", messages: [...earlier, { role: "user", content }] }),
    )

  test("is the user's last text, and what is left is the same for any text", () => {
    const one = ask("one")!
    expect(one.text).toBe("one")
    expect(hashOf(content(one.rest))).toBe(hashOf(content(ask("two")!.rest)))
    expect(
      ask([
        { type: "text", text: "a" },
        { type: "text", text: "b" },
      ])?.text,
    ).toBe("a\nb")
  })

  test("is apart for other instructions and other earlier turns", () => {
    const earlier: readonly (readonly JsonObject[])[] = [
      [],
      [{ role: "system", content: "Be kind." }],
      [{ role: "system", content: "Be brief." }],
      [
        { role: "user", content: "a" },
        { role: "assistant", content: "b" },
      ],
    ]
    expect(new Set(earlier.map((turns) => hashOf(content(ask("one", turns)!.rest)))).size).toBe(earlier.length)
  })

  test("is none with a picture, or where a tool or the model spoke last", () => {
    const image = { type: "image_url", image_url: { url: "data:image/png;base64,aGk=" } }
    expect(ask([{ type: "text", text: "what is this?" }, image])).toBeUndefined()
    const last = (message: JsonObject) =>
      withoutQuestion(chatCompletionsClient.decodeRequest({ model: "a/b", messages: [message] }))
    expect(last({ role: "assistant", content: "hi" })).toBeUndefined()
    expect(last({ role: "tool", tool_call_id: "c", content: "hi" })).toBeUndefined()
  })
})
