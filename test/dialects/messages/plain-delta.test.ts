import { expect, test } from "bun:test"
import { plainDelta } from "../../../src/dialects/messages/native/plain-delta.ts"

const event = (data: string, name = "content_block_delta") => `event: ${name}\ndata: ${data}\n\n`
const delta = (inner: string, after = "}") => event(`{"type":"content_block_delta","index":0,"delta":${inner}${after}`)

test.each([
  ["text", delta('{"type":"text_delta","text":"Hello"}'), 5],
  ["padded, as Anthropic sends it", delta('{"type":"text_delta","text":"Hello"}', "     }"), 5],
  ["escaped quotes", delta(String.raw`{"type":"text_delta","text":"a \"b\" \\"}`), 10],
  ["nothing", delta('{"type":"text_delta","text":""}'), 0],
  ["a thought", delta('{"type":"thinking_delta","thinking":"Hm"}'), 2],
  ["arguments", delta(String.raw`{"type":"input_json_delta","partial_json":"{\"a\":"}`), 7],
  [
    "with spaces",
    event('{"type": "content_block_delta", "index": 12, "delta": {"type": "text_delta", "text": "Hi"}}'),
    2,
  ],
])("%s is nothing but text", (_, text, characters) => {
  expect(plainDelta(text)).toBe(characters)
})

test.each([
  ["a signature", delta('{"type":"signature_delta","signature":"abc"}')],
  ["a citation", delta('{"type":"citations_delta","citation":{"type":"page_location"}}')],
  ["another member behind it", delta('{"type":"text_delta","text":"Hello","more":1}')],
  ["an error beside it", delta('{"type":"text_delta","text":"Hello"}', ',"error":{"type":"overloaded_error"}}')],
  ["no name", delta('{"type":"text_delta","text":"Hello"}').slice("event: content_block_delta\n".length)],
  ["another name", event('{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a"}}', "ping")],
  ["torn", event('{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hel')],
  ["a second line of data", `${delta('{"type":"text_delta","text":"Hello"}', "").slice(0, -1)}data: }\n\n`],
])("%s has to be looked at", (_, text) => {
  expect(plainDelta(text)).toBeUndefined()
})
