import { describe, expect, test } from "bun:test"
import type { Dialect, JsonObject, Profile } from "../../src/contract/index.ts"
import { chatCompletions, gemini, messages, responses } from "../../src/dialects/index.ts"

const isNative = (dialect: Dialect, body: JsonObject, profile: Profile = {}): boolean =>
  dialect.native!.request(JSON.stringify(body), { model: "m", profile }) !== undefined

const chat = (part: JsonObject, more: JsonObject = {}): JsonObject => ({
  model: "m",
  messages: [{ role: "user", content: [part] }],
  ...more,
})
const file = (file_data: string) => chat({ type: "file", file: { filename: "a", file_data } })
const pdf = "data:application/pdf;base64,AAAA"
const parser = { plugins: [{ id: "file-parser", pdf: { engine: "pdf-text" } }] }
const answered = (annotation: JsonObject): JsonObject => ({
  model: "m",
  messages: [
    { role: "assistant", content: "x", annotations: [annotation] },
    { role: "user", content: "y" },
  ],
})
const note = { type: "file", file: { hash: "00", name: "a", content: [] } }
const said = { type: "text", text: 'a "file_data": "https://x" in words, and a "hash": "1"' }

describe("what the gateway must make of files closes the native lane", () => {
  test.each<[string, Dialect, JsonObject, Profile, boolean]>([
    ["chat: PDF", chatCompletions, file(pdf), {}, true],
    ["chat: PDF, not read", chatCompletions, file(pdf), { pdf: false }, false],
    ["chat: PDF by address", chatCompletions, file("https://a.b/c.pdf"), {}, false],
    ["chat: PDF by address, fetched", chatCompletions, file("https://a.b/c.pdf"), { fileUrls: true }, true],
    ["chat: a table", chatCompletions, file("data:text/csv;base64,AAAA"), {}, false],
    ["chat: bare base64", chatCompletions, file("AAAA"), {}, false],
    ["chat: file_url", chatCompletions, chat({ type: "file", file: { file_url: "https://a.b" } }), {}, false],
    ["chat: input_file", chatCompletions, chat({ type: "input_file", file_data: pdf }), {}, false],
    [
      "chat: sound",
      chatCompletions,
      chat({ type: "input_audio", input_audio: { data: "AA", format: "wav" } }),
      {},
      true,
    ],
    [
      "chat: sound by address",
      chatCompletions,
      chat({ type: "input_audio", input_audio: { data: "https://a.b/c.wav", format: "wav" } }),
      {},
      false,
    ],
    ["chat: words about files", chatCompletions, chat(said), {}, true],
    ["chat: a file's text of an earlier turn", chatCompletions, answered(note), {}, false],
    ["chat: a file's text, for a gateway", chatCompletions, answered(note), { fileUrls: true }, true],
    ["chat: citations", chatCompletions, answered({ type: "url_citation", url_citation: { url: "u" } }), {}, true],
    ["chat: file-parser", chatCompletions, chat(said, parser), {}, false],
    ["chat: another plugin", chatCompletions, chat(said, { plugins: [{ id: "web" }] }), {}, true],
    ["messages: file-parser", messages, { ...chat(said, parser), max_tokens: 1 }, {}, false],
    ["messages: plain", messages, { ...chat(said), max_tokens: 1 }, {}, true],
    ["responses: file-parser", responses, { model: "m", input: "hi", ...parser }, {}, false],
    ["responses: plain", responses, { model: "m", input: "hi" }, {}, true],
    [
      "responses: an address that is not fetched",
      responses,
      { model: "m", input: [{ role: "user", content: [{ type: "input_file", file_url: "https://a.b" }] }] },
      { mediaUrls: false },
      false,
    ],
    [
      "gemini: an uploaded file",
      gemini,
      contents("https://generativelanguage.googleapis.com/v1beta/files/x"),
      {},
      true,
    ],
    ["gemini: an address", gemini, contents("https://a.b/c.pdf"), {}, false],
    ["gemini: file-parser", gemini, { ...contents("gs://a/b"), ...parser }, {}, false],
  ])("%s", (_what, dialect, body, profile, native) => {
    expect(isNative(dialect, body, profile)).toBe(native)
  })
})

function contents(fileUri: string): JsonObject {
  return { contents: [{ role: "user", parts: [{ fileData: { fileUri } }] }] }
}
