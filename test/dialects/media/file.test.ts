import { describe, expect, test } from "bun:test"
import fc from "fast-check"
import { base64Of, dataUrl, mediaFile, plainMime, sniffMime, wrapWav } from "../../../src/dialects/index.ts"
import { jsonFile } from "../../../src/dialects/media/body.ts"

const bytesOf = (text: string) => Uint8Array.from([...text].map((one) => one.charCodeAt(0)))

describe("what a file is", () => {
  const heads: readonly (readonly [string, string])[] = [
    ["\x89PNG\r\n", "image/png"],
    ["\xff\xd8\xff\xe0", "image/jpeg"],
    ["RIFF\x0a\x00\x00\x00WEBPVP8 ", "image/webp"],
    ["RIFF\x0a\x00\x00\x00WAVEfmt ", "audio/wav"],
    ["ID3\x04", "audio/mpeg"],
    ["\xff\xfb\x90", "audio/mpeg"],
    ["\xff\xf1\x50", "audio/aac"],
    ["OggS\x00", "audio/ogg"],
    ["fLaC\x00", "audio/flac"],
    ["\x1a\x45\xdf\xa3", "audio/webm"],
    ["\x00\x00\x00\x20ftypM4A ", "audio/mp4"],
    ["\x00\x00\x00\x20ftypisom", "video/mp4"],
    ["<svg xmlns=", "image/svg+xml"],
  ]
  for (const [head, mime] of heads)
    test(`${mime} by its first bytes`, () => expect(sniffMime(bytesOf(head))).toBe(mime))

  test("nothing that is known", () => {
    expect(sniffMime(bytesOf("hello"))).toBeUndefined()
    expect(mediaFile(bytesOf("hello"), "audio")).toMatchObject({ mime: "application/octet-stream", name: "audio" })
  })

  test("declared, then named, then sniffed", () => {
    const wav = bytesOf("RIFF\x0a\x00\x00\x00WAVEfmt ")
    expect(mediaFile(wav, "audio", "a.mp3", "Audio/OGG; codecs=opus")).toMatchObject({ mime: "audio/ogg" })
    expect(mediaFile(wav, "audio", "a.mp3", "application/octet-stream")).toMatchObject({ mime: "audio/mpeg" })
    expect(mediaFile(wav, "audio", "a")).toMatchObject({ mime: "audio/wav", name: "a.wav" })
    expect(plainMime("audio/x-m4a")).toBe("audio/mp4")
  })
})

test("files go into JSON and out again", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 200 }), async (bytes) => {
      const url = dataUrl("image/png", base64Of(bytes))
      const texts = [url, base64Of(bytes), base64Of(bytes).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "")]
      for (const text of texts) expect((await jsonFile(text, "image", "image")).bytes).toEqual(new Uint8Array(bytes))
      expect((await jsonFile({ image_url: { url } }, "image", "image")).mime).toBe("image/png")
    }),
    { seed: 20261120, numRuns: 100 },
  )
})

test("a WAV file says of itself what it is", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 64 }),
      fc.constantFrom(8000, 16_000, 24_000, 44_100),
      fc.constantFrom(1, 2),
      (pcm, rate, channels) => {
        const file = wrapWav(pcm, { rate, channels })
        const view = new DataView(file.buffer)
        const text = (at: number) => String.fromCharCode(...file.subarray(at, at + 4))
        expect([text(0), text(8), text(12), text(36)]).toEqual(["RIFF", "WAVE", "fmt ", "data"])
        expect(view.getUint32(4, true)).toBe(file.length - 8)
        expect([view.getUint16(20, true), view.getUint16(22, true), view.getUint16(34, true)]).toEqual([
          1,
          channels,
          16,
        ])
        expect(view.getUint32(28, true)).toBe(rate * channels * 2)
        expect(view.getUint32(40, true)).toBe(pcm.length)
        expect(file.subarray(44)).toEqual(new Uint8Array(pcm))
      },
    ),
    { seed: 20261120, numRuns: 100 },
  )
})
