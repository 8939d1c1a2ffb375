import { describe, expect, test } from "bun:test"
import fc from "fast-check"
import {
  applyEdits,
  elementsAt,
  objectEdits,
  objectIn,
  patchObject,
  topLevel,
} from "../../src/dialects/json-text/index.ts"

/** Writes a value with random space between its tokens, as other writers do. */
const spaced = (value: unknown, space: () => string): string => {
  if (Array.isArray(value))
    return `[${space()}${value.map((item) => spaced(item, space)).join(`${space()},${space()}`)}${space()}]`
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value).map(
      ([key, item]) => `${JSON.stringify(key)}${space()}:${space()}${spaced(item, space)}`,
    )
    return `{${space()}${members.join(`${space()},${space()}`)}${space()}}`
  }
  return JSON.stringify(value)
}

const spacer = (seed: number) => {
  let state = seed
  return () => {
    state = (state * 1103515245 + 12345) & 0x7fffffff
    return ["", "", " ", "\n", "\t ", "\r\n"][state % 6] ?? ""
  }
}

const nasty = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom('"', "\\", '\\"', "{", "]", "},{", '":"', "__proto__x"),
)
const documents = fc.dictionary(nasty, fc.oneof(fc.jsonValue(), nasty), { maxKeys: 8 })

describe("topLevel", () => {
  test("finds what JSON.parse finds, whatever the spacing", () => {
    fc.assert(
      fc.property(documents, fc.nat(), (document, seed) => {
        const text = spaced(document, spacer(seed))
        const span = topLevel(text)
        if (!span) throw new Error(`not scanned: ${text}`)
        const seen = span.members.map(({ key, valueStart, valueEnd }) => [
          key,
          JSON.parse(text.slice(valueStart, valueEnd)),
        ])
        expect(seen).toEqual(Object.entries(JSON.parse(text)))
        expect(span.duplicates).toEqual([])
      }),
      { numRuns: 500 },
    )
  })

  test("a text that was cut anywhere is not an object", () => {
    fc.assert(
      fc.property(documents, fc.nat(), (document, cut) => {
        const text = JSON.stringify(document)
        expect(topLevel(text.slice(0, cut % text.length))).toBeUndefined()
      }),
    )
  })

  test("never throws, and accepts every object that JSON.parse accepts", () => {
    const soup = fc.array(
      fc.constantFrom("{", "}", "[", "]", '"', "\\", ",", ":", "a", "1", "null", " ", '"k":', "\\u0061"),
    )
    fc.assert(
      fc.property(soup, (tokens) => {
        const text = tokens.join("")
        let parsed: unknown
        try {
          parsed = JSON.parse(text)
        } catch {
          parsed = undefined
        }
        const span = topLevel(text)
        if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) expect(span).toBeDefined()
      }),
      { numRuns: 2000 },
    )
  })

  test.each([
    ["trailing text", '{"a":1} x'],
    ["an array", "[1]"],
    ["a missing comma", '{"a":1 "b":2}'],
    ["a trailing comma", '{"a":1,}'],
    ["crossed brackets", '{"a":[{]}}'],
    ["a bare word", '{"a":yes}'],
    ["a leading zero", '{"a":01}'],
    ["an open string", '{"a":"b\\"}'],
  ])("refuses %s", (_name, text) => {
    expect(topLevel(text)).toBeUndefined()
  })

  test("sees a key that is spelled with escapes, and duplicates of it", () => {
    const span = topLevel('{"model":"a","mod\\u0065l":"b"}')
    expect(span?.members.map((member) => member.key)).toEqual(["model", "model"])
    expect(span?.duplicates).toEqual(["model"])
  })

  test("nested values keep offsets of the whole text", () => {
    const text = '{"a":{"b":[1, {"c":2} ,"x,]"]}}'
    const inner = objectIn(text, topLevel(text), "a")
    const elements = elementsAt(text, inner?.members[0]?.valueStart ?? 0)
    expect(elements?.map(({ start, end }) => text.slice(start, end))).toEqual(["1", '{"c":2}', '"x,]"'])
  })
})

describe("edits", () => {
  test("do to the text what the same changes do to the object, and leave kept members untouched", () => {
    const changes = fc.dictionary(nasty, fc.option(fc.jsonValue(), { nil: undefined }), { maxKeys: 6 })
    fc.assert(
      fc.property(documents, changes, fc.nat(), fc.nat(255), (document, additions, seed, mask) => {
        const text = spaced(document, spacer(seed))
        const span = topLevel(text)
        if (!span) throw new Error("not scanned")
        const wanted: Record<string, unknown> = JSON.parse(text)
        const all = new Map<string, string | undefined>()
        for (const [index, key] of Object.keys(wanted).entries()) if (mask & (1 << index)) all.set(key, undefined)
        for (const [key, value] of Object.entries(additions))
          all.set(key, value === undefined ? undefined : JSON.stringify(value))
        for (const [key, value] of all) {
          if (value === undefined) delete wanted[key]
          else
            Object.defineProperty(wanted, key, {
              value: JSON.parse(value),
              enumerable: true,
              configurable: true,
              writable: true,
            })
        }
        const patched = patchObject(text, span, all)
        expect(JSON.parse(patched)).toEqual(wanted)
        for (const { key, keyStart, valueEnd } of span.members)
          if (!all.has(key)) expect(patched).toContain(text.slice(keyStart, valueEnd))
      }),
      { numRuns: 1000 },
    )
  })

  test("number spelling, key order and spacing survive", () => {
    const text = '{ "n": 1.0e2, "model" : "a",\n "big": 12345678901234567890, "z":{"t":1.50} }'
    const span = topLevel(text)
    expect(span && patchObject(text, span, new Map([["model", '"b"']]))).toBe(text.replace('"a"', '"b"'))
  })

  test("edits of an object and of an object inside it combine", () => {
    const text = '{"a":{"x":1,"y":2},"b":3}'
    const outer = topLevel(text)
    const inner = objectIn(text, outer, "a")
    if (!outer || !inner) throw new Error("not scanned")
    const edits = [
      ...objectEdits(
        outer,
        new Map([
          ["b", undefined],
          ["c", "4"],
        ]),
      ),
      ...objectEdits(
        inner,
        new Map([
          ["x", undefined],
          ["z", "5"],
        ]),
      ),
    ]
    expect(applyEdits(text, edits)).toBe('{"a":{"y":2,"z":5},"c":4}')
  })
})
