import { describe, expect, test } from "bun:test"
import type { Preset } from "../../src/config/config.ts"
import type { ClientDialect, JsonObject } from "../../src/contract/index.ts"
import { chatCompletionsClient } from "../../src/dialects/chat-completions/index.ts"
import { completionsClient } from "../../src/dialects/completions/index.ts"
import { geminiClient } from "../../src/dialects/gemini/index.ts"
import { messagesClient } from "../../src/dialects/messages/index.ts"
import { responsesClient } from "../../src/dialects/responses/client/index.ts"
import type { Inbound } from "../../src/pipeline/exchange.ts"
import { checkPresetFields } from "../../src/pipeline/presets/check-fields.ts"
import { presetOfRequest } from "../../src/pipeline/presets/from-request.ts"
import { namedPreset, withPreset } from "../../src/pipeline/presets/preset-request.ts"
import { exchangeOf, offerOf } from "../kit/planning.ts"

const offers = [offerOf("p", { model: "a/b" })]

/** A request with one preset laid under it. */
function laid(client: ClientDialect, body: JsonObject, preset: Preset, defaultModel = "def/ault") {
  const { snapshot, inbound } = exchangeOf({}, { offers, config: { presets: { calm: preset } } })
  const sent = { ...inbound, client, body: JSON.stringify(body) } as Inbound
  const fields = { model: body.model as string | undefined, preset: body.preset as string | undefined }
  const named = namedPreset(fields, defaultModel, snapshot)
  if (!named) throw new Error("no preset was named")
  const { inbound: made, applied } = withPreset(sent, named, snapshot)
  return { body: JSON.parse(made.body) as JsonObject, text: made.body, applied, losses: made.losses ?? [] }
}

const tool = (name: string, description = "") => ({ type: "function", function: { name, description, parameters: {} } })
const calm: Preset = {
  system: "Be calm.",
  parameters: {
    model: "a/b",
    models: ["c/d"],
    temperature: 0.1,
    top_p: 0.5,
    max_tokens: 99,
    stop: ["END"],
    tools: [tool("look", "preset"), tool("both", "preset")],
    provider: { zdr: true },
    cache_enabled: true,
  },
}
const say = [{ role: "user", content: "hi" }]

describe("which preset is named", () => {
  const { snapshot } = exchangeOf({}, { offers, config: { aliases: { quiet: "@preset/calm" } } })
  const named = (model?: string, preset?: string, byDefault = "x/y") =>
    namedPreset({ model, preset }, byDefault, snapshot)

  test("in the field, in the model, behind an alias, by default", () => {
    expect(named("a/b")).toBeUndefined()
    expect(named("a/b", "calm")).toEqual({ name: "calm", base: "a/b" })
    expect(named("@preset/calm")).toEqual({ name: "calm", base: "" })
    expect(named("a/b@preset/calm@2:nitro")).toEqual({ name: "calm@2", base: "a/b:nitro" })
    expect(named("quiet")).toEqual({ name: "calm", base: "" })
    expect(named(undefined, undefined, "@preset/calm")).toEqual({ name: "calm", base: "" })
    expect(() => named("@preset/calm", "other")).toThrow("Name one of them")
    expect(named("@preset/calm", "calm")).toEqual({ name: "calm", base: "" })
  })

  test("one that is not there is refused", () => {
    expect(() => laid(chatCompletionsClient, { preset: "none", messages: say }, calm)).toThrow('no preset "none"')
    expect(() => laid(chatCompletionsClient, { preset: "calm@7", messages: say }, calm)).toThrow("calm@7")
  })
})

describe("under a chat", () => {
  test("all that the request does not say", () => {
    const { body, applied } = laid(chatCompletionsClient, { preset: "calm", messages: say }, calm)
    expect(body).toEqual({
      messages: [{ role: "system", content: "Be calm." }, ...say],
      model: "a/b",
      models: ["c/d"],
      temperature: 0.1,
      top_p: 0.5,
      max_tokens: 99,
      stop: ["END"],
      tools: calm.parameters.tools!,
    })
    expect(applied).toMatchObject({ name: "calm", provider: { zdr: true } })
  })

  test("the request wins, by whatever name it says a thing", () => {
    const own = { model: "x/y@preset/calm", messages: say, temperature: 1, top_p: null, max_completion_tokens: 5 }
    const { body } = laid(chatCompletionsClient, { ...own, tools: [tool("both", "request")] }, calm)
    expect(body).toMatchObject({ model: "x/y", temperature: 1, top_p: null, max_completion_tokens: 5 })
    expect(body.max_tokens).toBeUndefined()
    expect(body.tools).toEqual([tool("look", "preset"), tool("both", "request")])
  })

  test("suffixes go to the preset's model", () => {
    expect(laid(chatCompletionsClient, { model: "@preset/calm:nitro", messages: say }, calm).body.model).toBe(
      "a/b:nitro",
    )
  })

  test("a preset without a model leaves the request's, or the usual one", () => {
    const plain: Preset = { parameters: { temperature: 0 } }
    expect(laid(chatCompletionsClient, { model: "x/y", preset: "calm", messages: say }, plain).body.model).toBe("x/y")
    expect(laid(chatCompletionsClient, { preset: "calm", messages: say }, plain).body.model).toBeUndefined()
    expect(laid(chatCompletionsClient, { model: "@preset/calm", messages: say }, plain).body.model).toBeUndefined()
  })

  test("what the client wrote is not spelled anew", () => {
    const { inbound, snapshot } = exchangeOf({}, { offers, config: { presets: { calm } } })
    const body = '{ "messages":[{"role":"user","content":"1e3 \\u00e9"}],  "big":1.50e+2, "preset":"calm"}'
    const made = withPreset({ ...inbound, body } as Inbound, { name: "calm", base: undefined }, snapshot)
    expect(made.inbound.body).toContain('{"role":"user","content":"1e3 \\u00e9"}]')
    expect(made.inbound.body).toContain('"big":1.50e+2')
  })
})

describe("under other formats", () => {
  test("Messages", () => {
    const own = { model: "@preset/calm", max_tokens: 7, messages: say, system: [{ type: "text", text: "Mine." }] }
    const { body } = laid(messagesClient, own, calm)
    expect(body).toMatchObject({
      model: "a/b",
      models: ["c/d"],
      max_tokens: 7,
      temperature: 0.1,
      stop_sequences: ["END"],
      system: [
        { type: "text", text: "Be calm." },
        { type: "text", text: "Mine." },
      ],
      messages: say,
    })
    expect((body.tools as JsonObject[]).map(({ name }) => name)).toEqual(["look", "both"])
    expect(messagesClient.decodeRequest(body).tools).toHaveLength(2)
  })

  test("Messages without instructions of its own", () => {
    const own = { preset: "calm", max_tokens: 7, messages: say }
    expect(laid(messagesClient, own, calm).body.system).toBe("Be calm.")
    expect(laid(messagesClient, { ...own, system: "Mine." }, calm).body.system).toBe("Be calm.\n\nMine.")
  })

  test("Responses", () => {
    const { body } = laid(responsesClient, { preset: "calm", input: "hi", instructions: "Mine." }, calm)
    expect(body).toMatchObject({
      model: "a/b",
      input: "hi",
      temperature: 0.1,
      max_output_tokens: 99,
      instructions: "Be calm.\n\nMine.",
    })
    for (const key of ["store", "include", "stream", "messages", "preset"]) expect(body[key]).toBeUndefined()
    expect(responsesClient.decodeRequest(body).tools).toHaveLength(2)
  })

  test("Gemini", () => {
    const own = {
      model: "@preset/calm",
      contents: [{ role: "user", parts: [{ text: "hi" }] }],
      generationConfig: { temperature: 1 },
      tools: [{ functionDeclarations: [{ name: "both", description: "request" }] }],
    }
    const { body } = laid(geminiClient, own, calm)
    expect(body).toMatchObject({
      systemInstruction: { parts: [{ text: "Be calm." }] },
      generationConfig: { temperature: 1, topP: 0.5, maxOutputTokens: 99, stopSequences: ["END"] },
    })
    const [declared] = body.tools as { functionDeclarations: { name: string; description: string }[] }[]
    expect(declared!.functionDeclarations.map(({ name }) => name)).toEqual(["look", "both"])
    expect(declared!.functionDeclarations[1]!.description).toBe("request")
  })

  test("prompts, which have no place for instructions and tools", () => {
    const { body, losses } = laid(completionsClient, { preset: "calm", prompt: "hi" }, calm)
    expect(body).toMatchObject({ prompt: "hi", temperature: 0.1, max_tokens: 99, stop: ["END"] })
    expect(losses.map(({ path }) => path).toSorted()).toEqual(["preset.system", "preset.tools"])
  })

  test("reasoning and tiers are asked of each upstream by itself", () => {
    const thinking: Preset = { parameters: { model: "a/b", reasoning: { effort: "high" }, service_tier: "flex" } }
    const own = { preset: "calm", max_tokens: 7, messages: say }
    const { body, applied } = laid(messagesClient, own, thinking)
    expect(body.thinking).toBeUndefined()
    expect(applied.wish).toEqual({ reasoning: { effort: "high" }, serviceTier: "flex" })
    const chat = laid(chatCompletionsClient, { preset: "calm", messages: say }, thinking)
    expect(chat.applied.wish).toBeUndefined()
    expect(chat.body).toMatchObject({ reasoning: { effort: "high" }, service_tier: "flex" })
  })
})

describe("a preset from a request", () => {
  test("keeps what is not of one request alone", () => {
    const body = {
      model: "a/b",
      messages: [{ role: "system", content: "Be calm." }, ...say],
      temperature: 0.3,
      stream: true,
      user: "me",
      provider: { only: ["p"] },
      tools: [tool("look")],
    }
    const { system, parameters } = presetOfRequest(chatCompletionsClient, body)
    expect(system).toBe("Be calm.")
    expect(parameters).toMatchObject({ model: "a/b", temperature: 0.3, provider: { only: ["p"] } })
    for (const key of ["messages", "stream", "user"]) expect(parameters[key]).toBeUndefined()
    checkPresetFields({ parameters: parameters as JsonObject })
  })

  test("is the same from every format", () => {
    const wanted = { system: "Be calm.", parameters: { model: "a/b", temperature: 0.3, max_tokens: 9 } }
    expect(
      presetOfRequest(messagesClient, {
        model: "a/b",
        system: "Be calm.",
        messages: say,
        temperature: 0.3,
        max_tokens: 9,
      }),
    ).toEqual(wanted)
    const made = presetOfRequest(responsesClient, {
      model: "a/b",
      instructions: "Be calm.",
      temperature: 0.3,
      max_output_tokens: 9,
    })
    expect(made).toEqual(wanted)
    expect(presetOfRequest(messagesClient, { model: "a/b", messages: say }).parameters).toEqual({ model: "a/b" })
  })

  test("wrong fields are named", () => {
    expect(() => checkPresetFields({ parameters: { temperature: "hot" } })).toThrow("parameters.temperature")
    expect(() => checkPresetFields({ parameters: { provider: { zdr: 1 } } })).toThrow("parameters.provider.zdr")
    expect(() => checkPresetFields({ parameters: { cache_ttl_seconds: 0 } })).toThrow("cache_ttl_seconds")
  })
})
