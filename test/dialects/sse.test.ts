import { expect, test } from "bun:test"
import { createSseDecoder, encodeComment, encodeEvent } from "../../src/dialects/index.ts"

const all = (chunks: readonly Uint8Array[]) => {
  const decoder = createSseDecoder()
  return [...chunks.flatMap((chunk) => decoder.push(chunk)), ...decoder.end()]
}
const text = '\ufeff: hello\r\nevent: a\r\ndata: {"x":"Kö😀"}\r\n\r\nid: 7\nretry: 5\ndata: one\ndata:two\n\ndata: last'
const expected = [{ event: "a", data: '{"x":"Kö😀"}' }, { data: "one\ntwo" }, { data: "last" }]

test("events are the same wherever the bytes are cut", () => {
  const bytes = new TextEncoder().encode(text)
  for (let cut = 0; cut <= bytes.length; cut++)
    expect(all([bytes.subarray(0, cut), bytes.subarray(cut)])).toEqual(expected)
  expect(all(Array.from(bytes, (_byte, index) => bytes.subarray(index, index + 1)))).toEqual(expected)
})

test("what is encoded is decoded", () => {
  const written = encodeComment("wait") + encodeEvent({ a: "x\ny" }) + encodeEvent([1], "ping")
  expect(all([new TextEncoder().encode(written)])).toEqual([{ data: '{"a":"x\\ny"}' }, { event: "ping", data: "[1]" }])
})
