import { describe, expect, test } from "bun:test"
import type { MediaContent } from "../../../src/contract/index.ts"
import { settled } from "../../../src/pipeline/media/real-type.ts"
import { decodeText } from "../../../src/pipeline/media/text.ts"
import { tinyPng } from "../../kit/media.ts"
import { base64Of, pdfOf } from "../../kit/pdf.ts"

const part = (kind: MediaContent["kind"], base64: string, mime?: string, name?: string): MediaContent => ({
  type: "media",
  kind,
  source: { type: "data", base64 },
  ...(mime === undefined ? {} : { mime }),
  ...(name === undefined ? {} : { name }),
})
const text = (value: string) => Buffer.from(value).toString("base64")
const pdf = base64Of(pdfOf(["x"]))
const film = Buffer.from("\0\0\0\x18ftypisom\0\0\0\0", "latin1").toString("base64")

describe("the bytes say what a part is", () => {
  test.each<[string, MediaContent, MediaContent["kind"], string | undefined]>([
    ["a PNG that is called JPEG", part("image", tinyPng, "image/jpeg"), "image", "image/png"],
    ["a PDF without a type", part("file", pdf), "file", "application/pdf"],
    ["a PDF that is sent as an image", part("image", pdf, "image/png"), "file", "application/pdf"],
    ["an image that is sent as a file", part("file", tinyPng, "application/pdf"), "image", "image/png"],
    ["sound in a container of films", part("audio", film, "audio/mp4"), "audio", "audio/mp4"],
    ["a film", part("file", film), "video", "video/mp4"],
    [
      "a table that begins like a bitmap",
      part("file", text("BMW,Audi,Opel,Fiat,Skoda,Seat"), "text/csv"),
      "file",
      "text/csv",
    ],
    ["a text about PDF", part("file", text("A file begins with %PDF-1.4"), "text/markdown"), "file", "text/markdown"],
    ["something nobody knows", part("file", text("abc")), "file", undefined],
    ["a text by its name", part("file", text("a,b"), undefined, "t.csv"), "file", "text/csv"],
  ])("%s", (_what, media, kind, mime) => {
    const real = settled(media)
    expect([real.kind, real.mime]).toEqual([kind, mime])
  })

  test("what is right stays the same value", () => {
    const right = part("image", tinyPng, "image/png")
    expect(settled(right)).toBe(right)
    const remote: MediaContent = { type: "media", kind: "image", source: { type: "url", url: "https://a.b/c.png" } }
    expect(settled(remote)).toBe(remote)
  })

  test("a data URL becomes plain base64", () => {
    const media: MediaContent = {
      type: "media",
      kind: "image",
      source: { type: "url", url: `data:image/webp;x=1;base64,${tinyPng}` },
    }
    expect(settled(media)).toEqual({ ...media, source: { type: "data", base64: tinyPng }, mime: "image/png" })
  })
})

test("texts in the encodings that are met", () => {
  expect(decodeText(Buffer.from("\ufeffä€"))).toBe("ä€")
  expect(decodeText(Buffer.from("\ufeffä€", "utf16le"))).toBe("ä€")
  expect(decodeText(Uint8Array.from([0xe4, 0x3b, 0x80]))).toBe("ä;€")
})
