import { describe, expect, test } from "bun:test"
import fc from "fast-check"
import { readDataUrl } from "../../../src/dialects/body/data-url.ts"
import { sniff, sniffBase64 } from "../../../src/dialects/body/sniff.ts"

const encoded = (text: string) => Buffer.from(text).toString("base64")

describe("a data URL", () => {
  const spellings: readonly (readonly [string, object | undefined])[] = [
    ["data:image/png;base64,AAAA", { base64: "AAAA", mime: "image/png" }],
    ["DATA:Image/PNG;charset=x; Base64,AAAA", { base64: "AAAA", mime: "image/png" }],
    ["data:;base64,AAAA", { base64: "AAAA" }],
    ["data:text/plain,a%20b", { base64: encoded("a b"), mime: "text/plain" }],
    ["data:text/plain,100%", { base64: encoded("100%"), mime: "text/plain" }],
    ["data:,a,b", { base64: encoded("a,b") }],
    ["data:image/png;base64", undefined],
    ["https://example.com/data:image/png,", undefined],
  ]
  test.each(spellings)("%s", (url, read) => {
    expect(readDataUrl(url)).toEqual(read as ReturnType<typeof readDataUrl>)
  })
  test("of whatever it is made never throws", () => {
    fc.assert(
      fc.property(fc.string(), (rest) => readDataUrl(`data:${rest}`) !== null),
      { seed: 20261120, numRuns: 500 },
    )
  })
})

describe("what bytes are", () => {
  test("is seen in base64 as in the bytes themselves, and RIFF alone is nothing", () => {
    const bytes = (text: string) => Buffer.from(text, "latin1")
    for (const [head, mime] of [
      ["\x89PNG\r\n\x1a\n", "image/png"],
      ["RIFF....WEBP", "image/webp"],
      ["RIFF....WAVE", "audio/wav"],
      ["RIFF....AVI ", undefined],
      ["FORM....AIFF", "audio/aiff"],
      [`${" ".repeat(1019)}%PDF-`, "application/pdf"],
      [`${" ".repeat(1020)}%PDF-`, undefined],
    ] as const) {
      expect(sniff(bytes(head))).toBe(mime)
      expect(sniffBase64(bytes(`${head}${"x".repeat(3000)}`).toString("base64"))).toBe(mime)
    }
  })
})
