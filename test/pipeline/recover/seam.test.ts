import { expect, test } from "bun:test"
import fc from "fast-check"
import { Seam } from "../../../src/pipeline/recover/seam.ts"

/** Text as models write it, with many spaces to be cut at. */
const written = fc
  .array(fc.constantFrom("a", "train ", "  ", "\n\n", "Basel", ".", "🚂", "\t"), { maxLength: 30 })
  .map((parts) => parts.join(""))

const pieces = (text: string, sizes: readonly number[]): string[] => {
  const out: string[] = []
  let at = 0
  for (let index = 0; at < text.length; index++) {
    const size = sizes[index % sizes.length]!
    out.push(text.slice(at, at + size))
    at += size
  }
  return out
}
const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 })

const heard = (seam: Seam, text: string, cuts: readonly number[]): string =>
  pieces(text, cuts)
    .map((piece) => seam.push(piece))
    .join("") + seam.end()

test("a text that is cut anywhere and gone on with from its last word is the same text", () => {
  fc.assert(
    fc.property(written, fc.nat(200), sizes, (text, at, cuts) => {
      const said = text.slice(0, at % (text.length + 1))
      const rest = text.slice(said.trimEnd().length)
      expect(said + heard(new Seam(said, false), rest, cuts)).toBe(text)
    }),
    { seed: 4, numRuns: 2000 },
  )
})

test("one that is said again from its beginning, where that may be, is the same text", () => {
  fc.assert(
    fc.property(written, fc.nat(200), sizes, (text, at, cuts) => {
      const said = text.slice(0, at % (text.length + 1))
      fc.pre(said.trimEnd().length >= 16)
      expect(said + heard(new Seam(said, true), text, cuts)).toBe(text)
    }),
    { seed: 4, numRuns: 2000 },
  )
})

test("what only begins alike is all heard", () => {
  const seam = new Seam("The train to Basel leaves at", true)
  expect(heard(seam, "The train to Bern is late.", [4])).toBe("The train to Bern is late.")
  expect(seam.dropped).toBe(0)
})

test("a model that goes on at once is not held back", () => {
  const seam = new Seam("The train to Basel leaves at ", true)
  expect(seam.push("seven")).toBe("seven")
})
