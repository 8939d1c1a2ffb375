import { describe, expect, test } from "bun:test"
import type { Content, Message, Profile } from "../../../src/contract/index.ts"
import { encodeUp } from "../../kit/responses-upstream.ts"

const text = (value: string): Content => ({ type: "text", text: value })
const user: Message = { role: "user", content: [text("hi")] }
const say = (...content: Content[]): Message => ({ role: "assistant", content })
const call = (id: string, more: Partial<Extract<Content, { type: "tool-call" }>> = {}): Content => ({
  type: "tool-call",
  id,
  name: "weather",
  arguments: '{"a":1}',
  kind: "function",
  ...more,
})
const result = (callId: string, ...content: Content[]): Message => ({ role: "tool", callId, content })
const thought = (more: object = {}): Content => ({
  type: "reasoning",
  format: "openai-responses-v1",
  id: "rs_1",
  encrypted: "gAAAA",
  ...more,
})
const items = (messages: readonly Message[], profile: Profile = {}) => {
  const { body, lost } = encodeUp({ messages }, profile)
  return { input: body.input as Record<string, unknown>[], instructions: body.instructions, lost }
}
const inputUser = { type: "message", role: "user", content: [{ type: "input_text", text: "hi" }] }

describe("the conversation", () => {
  test("one system message at the start is the instructions", () => {
    const system: Message = { role: "system", content: [text("Be brief")] }
    expect(items([system, user])).toEqual({ input: [inputUser], instructions: "Be brief", lost: [] })
    const developer: Message = { role: "developer", content: [text("Codex")] }
    expect(items([system, developer, user]).input.map(({ role }) => role)).toEqual(["developer", "user"])
  })

  test("several, later, or cached ones are items", () => {
    const system: Message = { role: "system", content: [text("a")] }
    expect(items([system, system, user]).input.map(({ role }) => role)).toEqual(["system", "system", "user"])
    expect(items([user, system]).instructions).toBeUndefined()
    const cached: Message = { role: "system", content: [{ type: "text", text: "a", cache: {} }] }
    expect(items([cached, user], { cacheFormat: "openai" }).input[0]).toMatchObject({
      content: [{ prompt_cache_breakpoint: { mode: "explicit" } }],
    })
    expect(items([cached, user])).toMatchObject({
      instructions: "a",
      lost: ["messages[0].content[0].cache_control dropped cache_breakpoint_lost"],
    })
  })

  test("a developer is the system where the upstream knows none", () =>
    expect(items([{ role: "developer", content: [text("x")] }], { developerRole: false }).input[0]?.role).toBe(
      "system",
    ))

  test("calls and results are items of their own, by call id and kind", () => {
    const { input, lost } = items([
      user,
      say(text("On it"), call("c1", { arguments: " " }), call("c2", { kind: "custom", arguments: "free" })),
      result("c2", text("done")),
      result("c1", text("one"), text("two")),
    ])
    expect(input.slice(1)).toEqual([
      { type: "message", role: "assistant", content: [{ type: "output_text", text: "On it" }] },
      { type: "function_call", call_id: "c1", name: "weather", arguments: "{}" },
      { type: "custom_tool_call", call_id: "c2", name: "weather", input: "free" },
      {
        type: "function_call_output",
        call_id: "c1",
        output: [
          { type: "input_text", text: "one" },
          { type: "input_text", text: "two" },
        ],
      },
      { type: "custom_tool_call_output", call_id: "c2", output: "done" },
    ])
    expect(lost).toEqual([])
  })

  test("calls without result and results without call are mended", () => {
    const { input, lost } = items([user, say(call("c1")), result("c9", text("x"))])
    expect(input.slice(1)).toMatchObject([{ call_id: "c1" }, { call_id: "c1", output: "The tool gave no result." }])
    expect(lost.every((loss) => loss.endsWith("tool_history_mended"))).toBe(true)
  })

  test("names and ids that the API refuses are mapped", () => {
    const { input } = items([say(call("x".repeat(80), { name: "odd name.1" })), result("x".repeat(80), text("r"))])
    expect(input[0]?.name).toBe("odd_name_1")
    expect(input[0]?.call_id).toMatch(/^call_\w{10}$/)
    expect(input[1]?.call_id).toBe(input[0]?.call_id)
  })

  test("media", () => {
    const media = (fields: object): Content => ({ type: "media", ...fields }) as Content
    const data = { type: "data", base64: "AAAA" }
    const { input, lost } = items([
      {
        role: "user",
        content: [
          media({ kind: "image", source: { type: "url", url: "https://x/a.png" }, detail: "low" }),
          media({ kind: "image", source: data, mime: "image/gif" }),
          media({ kind: "file", source: data, mime: "application/pdf", name: "a.pdf" }),
          media({ kind: "file", source: { type: "url", url: "https://x/a.pdf" } }),
          media({ kind: "file", source: { type: "id", id: "file_1" } }),
          media({ kind: "audio", source: data, mime: "audio/mpeg" }),
          media({ kind: "video", source: data, mime: "video/mp4" }),
        ],
      },
    ])
    expect(input[0]?.content).toEqual([
      { type: "input_image", image_url: "https://x/a.png", detail: "low" },
      { type: "input_image", image_url: "data:image/gif;base64,AAAA" },
      { type: "input_file", filename: "a.pdf", file_data: "data:application/pdf;base64,AAAA" },
      { type: "input_file", file_url: "https://x/a.pdf" },
      { type: "input_file", file_id: "file_1" },
      { type: "input_audio", input_audio: { data: "AAAA", format: "mp3" } },
      { type: "input_text", text: "[video left out: not supported]" },
    ])
    expect(lost).toEqual(["messages[0].content[6] dropped media_unsupported"])
  })

  test("pictures stay in a tool's output, or follow it where the upstream wants that", () => {
    const picture: Content = { type: "media", kind: "image", source: { type: "url", url: "https://x/a.png" } }
    const history = [say(call("c1")), result("c1", text("see"), picture)]
    expect(items(history).input[1]).toMatchObject({ output: [{ type: "input_text" }, { type: "input_image" }] })
    const moved = items(history, { imageInToolResult: false })
    expect(moved.input.slice(1)).toMatchObject([
      { output: "see" },
      { role: "user", content: [{ type: "input_image" }] },
    ])
    expect(moved.lost).toEqual(["messages[1].content[1] moved media_moved"])
  })

  test("an address is refused where the upstream fetches none", () => {
    const picture: Content = { type: "media", kind: "image", source: { type: "url", url: "https://x/a.png" } }
    expect(() => items([{ role: "user", content: [picture] }], { mediaUrls: false })).toThrow(
      expect.objectContaining({ code: "invalid_request", param: "messages[0].content[0]" }),
    )
  })

  test("what nobody has a place for is reported", () => {
    const { lost } = items([
      { role: "user", name: "Ann", content: [{ type: "opaque", dialect: "messages", data: { type: "x" } }] },
      say(call("c1", { signature: "gemini" })),
      { ...result("c1", text("r")), isError: true } as Message,
    ])
    expect(lost).toEqual([
      "messages[0].name dropped parameter_unsupported",
      "messages[0].content[0] dropped foreign_content",
      "messages[1].content[0].signature dropped foreign_reasoning",
      "messages[2].is_error dropped parameter_unsupported",
    ])
  })

  test("items and parts of this format are carried as they are", () => {
    const search = { type: "web_search_call", id: "ws_1", status: "completed" }
    const opaque = (data: object): Content => ({ type: "opaque", dialect: "responses", data: { ...data } })
    const { input, lost } = items([
      say(text("a"), opaque(search), text("b")),
      { role: "user", content: [opaque({ type: "shell_call_output", call_id: "s" })] },
      { role: "user", content: [text("x"), opaque({ type: "input_of_tomorrow", v: 1 })] },
    ])
    expect(input.map(({ type }) => type)).toEqual([
      "message",
      "web_search_call",
      "message",
      "shell_call_output",
      "message",
    ])
    expect(input[4]?.content).toEqual([
      { type: "input_text", text: "x" },
      { type: "input_of_tomorrow", v: 1 },
    ])
    expect(lost).toEqual([])
  })

  test("fields of its own stay on messages and calls", () => {
    const extras = { responses: { phase: "commentary" } }
    expect(items([{ ...say(text("x")), extras } as Message]).input[0]).toMatchObject({ phase: "commentary" })
  })

  test("half a surrogate pair is mended", () =>
    expect(items([{ role: "user", content: [text("a\ud800")] }]).input[0]).toMatchObject({
      content: [{ text: "a\ufffd" }],
    }))
})

describe("reasoning of earlier turns", () => {
  test("goes back with what is encrypted, before what it led to", () => {
    const { input, lost } = items([
      say(thought({ text: "sum", summary: true }), call("c1", { extras: { responses: { id: "fc_1" } } })),
      result("c1", text("r")),
    ])
    expect(input.slice(0, 2)).toEqual([
      { type: "reasoning", id: "rs_1", summary: [{ type: "summary_text", text: "sum" }], encrypted_content: "gAAAA" },
      { type: "function_call", call_id: "c1", name: "weather", arguments: '{"a":1}', id: "fc_1" },
    ])
    expect(lost).toEqual([])
  })

  test("summary, text and what is encrypted are one item, wherever they were told", () => {
    const { input } = items([
      say(
        thought({ encrypted: undefined, text: "sum", summary: true }),
        thought({ id: undefined, encrypted: undefined, text: "more", summary: true }),
        text("answer"),
        thought(),
      ),
    ])
    expect(input).toMatchObject([
      { type: "reasoning", summary: [{ text: "sum" }, { text: "more" }], encrypted_content: "gAAAA" },
      { type: "message" },
    ])
  })

  test("another vendor's is dropped, and what it led to loses the ids that would ask for it", () => {
    const search: Content = { type: "opaque", dialect: "responses", data: { type: "web_search_call", id: "ws_1" } }
    const { input, lost } = items([
      say(thought({ format: "xai-responses-v1" }), search, call("c1", { extras: { responses: { id: "fc_1" } } })),
      result("c1", text("r")),
    ])
    expect(input[0]).toEqual({ type: "function_call", call_id: "c1", name: "weather", arguments: '{"a":1}' })
    expect(lost).toEqual([
      "messages[0].content[0] dropped foreign_reasoning",
      "messages[0].content[1] dropped state_unsupported",
    ])
    const own = items([say(thought({ format: "xai-responses-v1" }), text("x"))], {
      reasoningOrigins: ["xai-responses-v1"],
    })
    expect(own.input[0]?.type).toBe("reasoning")
  })

  test("without what it led to it goes as well", () => {
    const foreign: Content = { type: "opaque", dialect: "messages", data: {} }
    const { input, lost } = items([say(thought(), foreign), user])
    expect(input).toEqual([inputUser])
    expect(lost).toContain("messages[0].content[0] dropped message_approximated")
  })

  test("a name of something that was never stored is dropped; open models take plain thoughts", () => {
    const history = [say(thought({ encrypted: undefined, text: "hm" }), text("x"))]
    expect(items(history).lost).toEqual(["messages[0].content[0] dropped state_unsupported"])
    expect(items(history, { emptySignatures: true }).input[0]).toEqual({
      type: "reasoning",
      id: "rs_1",
      summary: [],
      content: [{ type: "reasoning_text", text: "hm" }],
    })
  })
})
