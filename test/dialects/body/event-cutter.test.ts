import { describe, expect, test } from "bun:test"
import fc from "fast-check"
import { EventCutter } from "../../../src/dialects/body/event-cutter.ts"
import { dataOf } from "../../../src/dialects/body/event-data.ts"

const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, "latin1"))

const cut = (chunks: readonly Uint8Array[]): readonly string[] => {
  const cutter = new EventCutter()
  const events = chunks.flatMap((chunk) => cutter.push(chunk))
  const rest = cutter.end()
  return rest === undefined ? events : [...events, rest]
}

describe("a stream of events", () => {
  test("is cut into the same events wherever its bytes are cut, whatever ends its lines", () => {
    const line = fc.stringMatching(/^(?:data: ?|event: |: )[a-z{}":\x80-\xff]{0,12}$/)
    const event = fc.array(line, { minLength: 1, maxLength: 3 })
    const stream = fc.tuple(fc.array(event, { maxLength: 5 }), fc.constantFrom("\n", "\r\n", "\r"), fc.boolean())
    fc.assert(
      fc.property(stream, fc.array(fc.nat(200), { maxLength: 8 }), ([events, end, marked], places) => {
        const text = events.map((lines) => `${lines.join(end)}${end}${end}`).join("")
        const bytes = bytesOf(`${marked ? "\xef\xbb\xbf" : ""}${text}`)
        const at = [0, ...places.filter((place) => place < bytes.length).toSorted((a, b) => a - b), bytes.length]
        const chunks = at.slice(1).map((to, index) => bytes.subarray(at[index], to))
        const trimmed = cut(chunks).map((one) => one.trimEnd())
        expect(trimmed).toEqual(events.map((lines) => lines.join("\n").trimEnd()))
      }),
      { seed: 20261120, numRuns: 400 },
    )
  })
  test("may have more blank lines than one, anywhere", () => {
    expect(cut([bytesOf("data: 1\n\n\n")])).toEqual(["data: 1\n\n\n"])
    expect(cut([bytesOf("data: 1\n\n\n\n\ndata: 2\n\n\n")]).map((one) => one.trim())).toEqual(["data: 1", "data: 2"])
    expect(
      cut([bytesOf("\n\n\ndata: 1\r\n\r\n\r\n")])
        .map((one) => one.trim())
        .filter(Boolean),
    ).toEqual(["data: 1"])
    expect(
      cut([bytesOf("data: 1\n"), bytesOf("\n"), bytesOf("\n"), bytesOf("data: 2\n\n")])
        .map((one) => one.trim())
        .filter(Boolean),
    ).toEqual(["data: 1", "data: 2"])
  })
  test("may have more blank lines than it needs", () => {
    for (const gap of ["\n\n\n", "\n\n\n\n", "\n\n\n\n\n"])
      for (const at of [8, 9, 10, 11]) {
        const bytes = bytesOf(`data: 1${gap}data: 2\n\n`)
        const events = cut([bytes.subarray(0, at), bytes.subarray(at)])
        expect(events.join("")).toBe(`data: 1${gap}data: 2\n\n`)
        expect(events.map((event) => dataOf(event)?.data).filter((data) => data !== undefined)).toEqual(["1", "2"])
      }
  })
  test("may end without its last blank line", () => {
    expect(cut([bytesOf("data: 1\n\ndata: 2\n")])).toEqual(["data: 1\n\n", "data: 2\n\n"])
    expect(cut([bytesOf("data: 1\n\n \n")])).toEqual(["data: 1\n\n"])
  })
})

test("the data of an event, and what is around it", () => {
  expect(dataOf("event: a\ndata:{}\n\n")).toEqual({ before: "event: a\ndata:", data: "{}", after: "\n\n" })
  expect(dataOf('data: {"a":\ndata: 1}\nid: 7\n\n')).toEqual({
    before: "id: 7\ndata: ",
    data: '{"a":  1}',
    after: "\n\n",
  })
  expect(dataOf(": comment\n\n")).toBeUndefined()
})
