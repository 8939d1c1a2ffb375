import { expect, test } from "bun:test"
import { EventStreamCodec, type MessageHeaders } from "@smithy/eventstream-codec"
import fc from "fast-check"
import { readMessage } from "../../../plugins/bedrock/event-stream/message.ts"

const codec = new EventStreamCodec(
  (bytes) => (typeof bytes === "string" ? bytes : new TextDecoder().decode(bytes)),
  (text) => new TextEncoder().encode(text),
)

const header = fc.oneof(
  fc.string({ maxLength: 40 }).map((value) => ({ type: "string" as const, value })),
  fc.boolean().map((value) => ({ type: "boolean" as const, value })),
  fc.integer({ min: -128, max: 127 }).map((value) => ({ type: "byte" as const, value })),
  fc.integer({ min: -32_768, max: 32_767 }).map((value) => ({ type: "short" as const, value })),
  fc.integer().map((value) => ({ type: "integer" as const, value })),
  fc.uint8Array({ maxLength: 20 }).map((value) => ({ type: "binary" as const, value })),
  fc.date({ noInvalidDate: true }).map((value) => ({ type: "timestamp" as const, value })),
)
const name = fc.stringMatching(/^[a-zA-Z:-]{1,30}$/).filter((text) => text !== "__proto__")

test("reads what AWS's own package writes", () => {
  fc.assert(
    fc.property(fc.dictionary(name, header, { maxKeys: 6 }), fc.uint8Array({ maxLength: 200 }), (headers, body) => {
      const read = readMessage(codec.encode({ headers: headers as MessageHeaders, body }))
      const texts = Object.entries(headers).flatMap(([key, { type, value }]) =>
        type === "string" ? [[key, value]] : [],
      )
      expect(Object.entries(read.headers).toSorted()).toEqual(texts.toSorted() as [string, string][])
      expect(new Uint8Array(read.body)).toEqual(body)
    }),
    { seed: 11, numRuns: 500 },
  )
})

test("a bit that flips anywhere is noticed", () => {
  const whole = codec.encode({
    headers: { ":event-type": { type: "string", value: "chunk" } },
    body: new Uint8Array([1, 2, 3]),
  })
  for (let at = 0; at < whole.length * 8; at++) {
    const frame = whole.slice()
    frame[at >> 3]! ^= 1 << (at & 7)
    expect(() => readMessage(frame)).toThrow()
  }
})
