import { describe, expect, test } from "bun:test"
import type { ChatRequest, Loss } from "../../../src/contract/index.ts"
import { chatCompletions, gemini, geminiClient, messages } from "../../../src/dialects/index.ts"
import { decode } from "./client-kit.ts"

const hello = { role: "user", parts: [{ text: "hi" }] }
const ask = (more: object) => decode({ contents: [hello], ...more })
const paramOf = (body: unknown): string | undefined => {
  try {
    decode(body)
    return undefined
  } catch (thrown) {
    const { code, param } = thrown as { code: string; param: string }
    expect(code).toBe("invalid_request")
    return param
  }
}
const lossesFor = (dialect: typeof gemini, request: ChatRequest) => {
  const losses: Loss[] = []
  dialect.encodeRequest(request, { model: "m", profile: {}, maxOutput: 100, lose: (loss) => losses.push(loss) })
  return losses
}

/** As Gemini CLI 0.61 sends it, shortened: history with a sentinel, a call without id, JSON Schema, thoughts asked for. */
const cli = {
  contents: [
    { role: "user", parts: [{ text: "This is the Gemini CLI." }, { text: "list files" }] },
    {
      role: "model",
      parts: [
        {
          functionCall: { name: "list_directory", args: { dir_path: "." } },
          thoughtSignature: "skip_thought_signature_validator",
        },
      ],
    },
    {
      role: "user",
      parts: [{ functionResponse: { id: "list_directory-1", name: "list_directory", response: { output: "a.txt" } } }],
    },
  ],
  systemInstruction: { role: "user", parts: [{ text: "You are an agent." }] },
  tools: [
    {
      functionDeclarations: [
        {
          name: "list_directory",
          description: "Lists",
          parametersJsonSchema: {
            type: "object",
            properties: { dir_path: { type: "string" } },
            required: ["dir_path"],
          },
        },
        { name: "now" },
      ],
    },
  ],
  generationConfig: {
    temperature: 1,
    topP: 0.95,
    topK: 64,
    thinkingConfig: { includeThoughts: true, thinkingLevel: "HIGH" },
  },
}

test("a turn of Gemini CLI", () => {
  const request = decode(cli)
  expect(request).toMatchObject({
    model: "vendor/model",
    stream: false,
    sampling: { temperature: 1, topP: 0.95, topK: 64 },
    reasoning: { effort: "high" },
    tools: [
      { type: "function", name: "list_directory", description: "Lists" },
      { type: "function", name: "now" },
    ],
  })
  expect(request.messages.map(({ role }) => role)).toEqual(["system", "user", "assistant", "tool"])
  const [call] = request.messages[2]?.content ?? []
  expect(call).not.toHaveProperty("signature")
  // Gemini CLI names the result, not the call.
  expect(request.messages[3]).toMatchObject({ callId: call?.type === "tool-call" ? call.id : "" })
  expect(request.extras).toBeUndefined()
  expect(lossesFor(messages, request).map(({ path }) => path)).not.toContain("contents")
})

describe("contents", () => {
  test("calls without ids get the same ids each time, and results find their calls by name and order", () => {
    const turn = {
      contents: [
        hello,
        {
          role: "model",
          parts: [
            { functionCall: { name: "a", args: { n: 1 } } },
            { functionCall: { name: "b" } },
            { functionCall: { name: "a" } },
          ],
        },
        {
          role: "function",
          parts: [
            { functionResponse: { name: "b", response: { output: { x: 1 } } } },
            { functionResponse: { name: "a", response: { output: "first" } } },
            { functionResponse: { name: "a", response: { error: "second" } } },
          ],
        },
      ],
    }
    const { messages: all } = decode(turn)
    expect(decode(turn).messages).toEqual(all)
    const ids = all[1]?.content.map((part) => (part.type === "tool-call" ? part.id : ""))
    expect(new Set(ids).size).toBe(3)
    expect(all.slice(2)).toMatchObject([
      { role: "tool", callId: ids?.[1], name: "b", content: [{ type: "text", text: '{"x":1}' }] },
      { role: "tool", callId: ids?.[0], content: [{ text: "first" }] },
      { role: "tool", callId: ids?.[2], isError: true, content: [{ text: "second" }] },
    ])
  })

  test("results stay before what the user says after them", () => {
    const { messages: all } = decode({
      contents: [
        hello,
        { role: "model", parts: [{ functionCall: { id: "c1", name: "a", args: {} } }] },
        {
          role: "user",
          parts: [
            {
              functionResponse: {
                id: "c1",
                name: "a",
                response: { rows: 2 },
                parts: [{ inlineData: { mimeType: "image/PNG", data: "iVBORw0KGgo=" } }],
              },
            },
            { text: "and now?" },
          ],
        },
      ],
    })
    expect(all.slice(2)).toEqual([
      {
        role: "tool",
        callId: "c1",
        name: "a",
        content: [
          { type: "text", text: '{"rows":2}' },
          { type: "media", kind: "image", mime: "image/png", source: { type: "data", base64: "iVBORw0KGgo=" } },
        ],
      },
      { role: "user", content: [{ type: "text", text: "and now?" }] },
    ])
  })

  test("media, in either alphabet of base64, and by address", () => {
    const { messages: all } = decode({
      contents: [
        {
          parts: [
            { inline_data: { mime_type: "application/pdf", data: "_-A=", display_name: "a.pdf" } },
            { fileData: { fileUri: "https://youtu.be/x" }, videoMetadata: { fps: 2 } },
            { fileData: { fileUri: "gs://b/a.mp3", mimeType: "audio/mpeg" } },
          ],
        },
      ],
    })
    expect(all[0]?.content).toEqual([
      { type: "media", kind: "file", mime: "application/pdf", name: "a.pdf", source: { type: "data", base64: "/+A=" } },
      {
        type: "media",
        kind: "video",
        source: { type: "url", url: "https://youtu.be/x" },
        extras: { gemini: { videoMetadata: { fps: 2 } } },
      },
      { type: "media", kind: "audio", mime: "audio/mpeg", source: { type: "url", url: "gs://b/a.mp3" } },
    ])
  })

  test("the fragments that an SDK keeps of a stream are one turn again", () => {
    const model = (part: object) => ({ role: "model", parts: [part] })
    const { messages: all } = decode({
      contents: [
        hello,
        model({ text: "Hm", thought: true }),
        model({ text: ", so", thought: true }),
        model({ text: "The " }),
        model({ text: "answer" }),
        model({ text: "", thoughtSignature: "c2ln" }),
        model({ text: "" }),
        hello,
      ],
    })
    expect(all).toHaveLength(3)
    expect(all[1]?.content).toEqual([
      { type: "reasoning", text: "Hm, so", format: "google-gemini-v1" },
      { type: "text", text: "The answer" },
      { type: "reasoning", encrypted: "c2ln", format: "google-gemini-v1" },
    ])
  })

  test("what only Gemini understands goes back to Gemini and is reported elsewhere", () => {
    const code = { executableCode: { language: "PYTHON", code: "1" } }
    const request = decode({ contents: [hello, { role: "model", parts: [code] }, hello] })
    const body = gemini.encodeRequest(request, { model: "m", profile: {}, lose: () => {} })
    expect(body.contents).toMatchObject([{}, { role: "model", parts: [code] }, {}])
    expect(lossesFor(chatCompletions, request)).toMatchObject([{ path: "messages[1].content[0]", action: "dropped" }])
  })

  test("a role of the future is taken as the user's, and said so", () => {
    const request = decode({ contents: [hello, { role: "critic", parts: [{ text: "no" }] }] })
    expect(request.messages[1]).toMatchObject({ role: "user", extras: { gemini: { role: "critic" } } })
    expect(lossesFor(gemini, request)).toMatchObject([{ path: "messages[1].role" }])
    expect(lossesFor(chatCompletions, request)).toMatchObject([{ path: "messages[1].role" }])
  })

  test("the prompt may be written short", () => {
    const short = decode({ contents: { parts: { text: "hi" } }, systemInstruction: "be brief" })
    expect(short.messages).toEqual([
      { role: "system", content: [{ type: "text", text: "be brief" }] },
      { role: "user", content: [{ type: "text", text: "hi" }] },
    ])
  })
})

test("top-level fields: Gemini's own are kept for it, the gateway's are not sent on", () => {
  const request = ask({
    model: "models/other",
    safety_settings: [{ category: "HARM_CATEGORY_HARASSMENT" }],
    cachedContent: "cachedContents/1",
    labels: { my_team: "x" },
    serviceTier: "flex",
    provider: { only: ["google"] },
    user: "u1",
  })
  expect(request).toMatchObject({ model: "vendor/model", serviceTier: "flex", user: "u1" })
  expect(request.extras).toEqual({
    gemini: {
      safetySettings: [{ category: "HARM_CATEGORY_HARASSMENT" }],
      cachedContent: "cachedContents/1",
      labels: { my_team: "x" },
    },
    gateway: { provider: { only: ["google"] } },
  })
  expect(geminiClient.decodeRequest({ contents: "hi" }, { model: "models/gemini-3", stream: true })).toMatchObject({
    model: "gemini-3",
    stream: true,
  })
})

test("mistakes are named with their place", () => {
  expect(paramOf([])).toBe("body")
  expect(paramOf({})).toBe("contents")
  expect(paramOf({ contents: [] })).toBe("contents")
  expect(paramOf({ contents: [1] })).toBe("contents[0]")
  expect(paramOf({ contents: [{ parts: 1 }] })).toBe("contents[0].parts")
  expect(paramOf({ contents: [hello, { role: "model", parts: [{ functionCall: {} }] }] })).toBe(
    "contents[1].parts[0].functionCall.name",
  )
  expect(paramOf({ contents: [{ parts: [{ inlineData: {} }] }] })).toBe("contents[0].parts[0].inlineData.data")
  expect(paramOf({ contents: [hello], tools: [{ functionDeclarations: [{}] }] })).toBe(
    "tools[0].functionDeclarations[0].name",
  )
  expect(paramOf({ contents: [hello], generationConfig: { temperature: "1" } })).toBe("generationConfig.temperature")
  expect(paramOf({ contents: [hello], systemInstruction: 1 })).toBe("systemInstruction")
})
