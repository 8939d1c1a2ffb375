import { expect, test } from "bun:test"
import fc from "fast-check"
import { createFrameDecoder } from "../../../plugins/bedrock/event-stream/frames.ts"
import type { WireEvent } from "../../../src/contract/index.ts"
import { hello, streamReply } from "../../kit/fake-bedrock/answers.ts"
import { concat, eventFrame, exceptionFrame, frame } from "../../kit/fake-bedrock/frames.ts"

const bytes = concat([...streamReply(hello), exceptionFrame("throttlingException", "wait")])

const read = (all: Uint8Array, cut: readonly number[]): WireEvent[] => {
  const decoder = createFrameDecoder()
  const edges = [0, ...cut, all.length]
  const events: WireEvent[] = []
  for (let at = 0; at + 1 < edges.length; at++) events.push(...decoder.push(all.subarray(edges[at], edges[at + 1])))
  return [...events, ...decoder.end()]
}

const whole = read(bytes, [])

const codeOf = (task: () => unknown): string | undefined => {
  try {
    task()
  } catch (thrown) {
    return (thrown as { code?: string }).code
  }
  return undefined
}

test("reads events with their payloads, and exceptions under their name", () => {
  expect(whole[0]).toEqual({ event: "messageStart", data: '{"role":"assistant","p":"ab"}' })
  expect(whole.at(-1)).toEqual({ event: "exception:throttlingException", data: '{"message":"wait"}' })
})

test("gives the same events wherever the bytes are cut", () => {
  for (let at = 1; at < bytes.length; at++) expect(read(bytes, [at])).toEqual(whole)
})

test("gives the same events byte by byte, and for any cuts", () => {
  expect(read(bytes, [...bytes.keys()].slice(1))).toEqual(whole)
  const cuts = fc.uniqueArray(fc.integer({ min: 1, max: bytes.length - 1 }), { maxLength: 12 })
  fc.assert(
    fc.property(cuts, (cut) => {
      expect(
        read(
          bytes,
          cut.toSorted((one, other) => one - other),
        ),
      ).toEqual(whole)
    }),
    { seed: 7, numRuns: 200 },
  )
})

test("an error of the transport brings its words in headers", () => {
  const error = frame({ ":message-type": "error", ":error-code": "InternalFailure", ":error-message": "it broke" }, "")
  expect(read(error, [])).toEqual([{ event: "exception:InternalFailure", data: '{"message":"it broke"}' }])
})

test("a stream that ends inside of a frame is interrupted, at every byte", () => {
  const one = eventFrame("messageStart", { role: "assistant" })
  for (let length = 1; length < one.length; length++) {
    const decoder = createFrameDecoder()
    expect(decoder.push(one.subarray(0, length))).toEqual([])
    expect(codeOf(() => decoder.end())).toBe("stream_interrupted")
  }
})

test("a flipped bit anywhere is noticed", () => {
  const one = eventFrame("messageStart", { role: "assistant" })
  for (let at = 0; at < one.length; at++) {
    const damaged = Uint8Array.from(one)
    damaged[at] = (damaged[at] ?? 0) ^ 1
    const code = codeOf(() => read(damaged, []))
    expect(["bad_provider_response", "stream_interrupted"]).toContain(code as string)
  }
})

test("events before a damaged frame of the same chunk are given out first", () => {
  const bad = eventFrame("contentBlockStop", { contentBlockIndex: 0 })
  bad[bad.length - 1] = (bad[bad.length - 1] ?? 0) ^ 255
  const decoder = createFrameDecoder()
  expect(decoder.push(concat([eventFrame("messageStart", {}), bad]))).toHaveLength(1)
  expect(codeOf(() => decoder.push(new Uint8Array(0)))).toBe("bad_provider_response")
})

test("what is no event stream at all is refused at once, however long it claims to be", () => {
  expect(codeOf(() => createFrameDecoder().push(new TextEncoder().encode('{"message":"no"}')))).toBe(
    "bad_provider_response",
  )
  expect(codeOf(() => createFrameDecoder().push(new Uint8Array(16)))).toBe("bad_provider_response")
})
