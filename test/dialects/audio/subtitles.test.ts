import { expect, test } from "bun:test"
import fc from "fast-check"
import { encodeSrt, encodeVtt, segmentsOfWords } from "../../../src/dialects/index.ts"

const segments = [
  { start: 0, end: 1.5, text: " Hello there." },
  { start: 1.5, end: 3661.2345, text: "Two\r\n\r\nlines --> here" },
  { start: 5, end: 4, text: "  " },
]

test("SubRip", () => {
  expect(encodeSrt(segments)).toBe(
    "1\n00:00:00,000 --> 00:00:01,500\nHello there.\n\n2\n00:00:01,500 --> 01:01:01,235\nTwo\nlines -> here\n\n",
  )
})

test("WebVTT", () => {
  expect(encodeVtt(segments.slice(0, 1))).toBe("WEBVTT\n\n00:00:00.000 --> 00:00:01.500\nHello there.\n\n")
  expect(encodeVtt([])).toBe("WEBVTT\n\n")
})

test("a cue never ends before it starts", () => {
  expect(encodeSrt([{ start: 5, end: 4, text: "x" }])).toContain("00:00:05,000 --> 00:00:05,000")
})

test("words become sentences, and long ones are cut", () => {
  const words = "One two. Three four five".split(" ").map((word, at) => ({ word, start: at, end: at + 0.5 }))
  expect(segmentsOfWords(words)).toEqual([
    { start: 0, end: 1.5, text: "One two." },
    { start: 2, end: 4.5, text: "Three four five" },
  ])
  const long = Array.from({ length: 40 }, (_, at) => ({ word: `w${at}`, start: at, end: at + 0.9 }))
  for (const { start, end, text } of segmentsOfWords(long)) {
    expect(end - start).toBeLessThanOrEqual(7)
    expect(text.length).toBeLessThanOrEqual(84)
  }
  const paused = [
    { word: "before", start: 0, end: 1 },
    { word: "after", start: 3, end: 4 },
  ]
  expect(segmentsOfWords(paused).map(({ text }) => text)).toEqual(["before", "after"])
})

test("no word is lost, and times go forward", () => {
  const word = fc.string({ minLength: 1, maxLength: 12 })
  fc.assert(
    fc.property(fc.array(fc.tuple(word, fc.integer({ min: 1, max: 3000 }))), (given) => {
      let at = 0
      const words = given.map(([text, length]) => {
        const start = at / 1000
        at += length
        return { word: text, start, end: at / 1000 }
      })
      const made = segmentsOfWords(words)
      const spoken = words.map((one) => one.word.trim()).filter((text) => text !== "")
      expect(made.map(({ text }) => text).join(" ")).toBe(spoken.join(" "))
      made.reduce((before, { start, end }) => {
        expect(start).toBeGreaterThanOrEqual(before)
        expect(end).toBeGreaterThanOrEqual(start)
        return end
      }, 0)
      // Each cue has one arrow, whatever was said.
      expect(encodeSrt(made).split("-->").length - 1).toBe(made.length)
    }),
    { seed: 20261120, numRuns: 300 },
  )
})
