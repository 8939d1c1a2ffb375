import { expect, test } from "bun:test"
import { inflateSync } from "node:zlib"
import { mock } from "../../../plugins/mock/index.ts"
import { abilityCall, mediaFileOf } from "../../kit/media.ts"

const { images, speech, transcription } = mock.create({ id: "mock", headers: {}, options: {} }).abilities ?? {}
const request = { model: "mock/image", prompt: "a fox", images: [], count: 2 }

test("images depend on the prompt and their number alone, and are PNG files", async () => {
  const run = async (prompt: string) => {
    const reply = await images?.run({ ...request, prompt }, abilityCall("image").call)
    return reply?.images.map(({ image }) => ("base64" in image ? image.base64 : "")) ?? []
  }
  const [first, again, other] = [await run("a fox"), await run("a fox"), await run("a dog")]
  expect(first).toEqual(again)
  expect(new Set([...first, ...other]).size).toBe(4)
  const png = Buffer.from(first[0] ?? "", "base64")
  expect([png.toString("latin1", 1, 4), png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual(["PNG", 16, 16])
  const length = png.readUInt32BE(33)
  expect(png.toString("latin1", 37, 41)).toBe("IDAT")
  // A filter byte and three channels for each pixel of a row; the sum at the end is checked too.
  expect(inflateSync(png.subarray(41, 41 + length)).length).toBe(16 * (1 + 16 * 3))
  expect(Bun.hash.crc32(png.subarray(37, 41 + length))).toBe(png.readUInt32BE(41 + length))
})

test("speech is as long as its text", async () => {
  const seconds = async (input: string) => {
    const reply = await speech?.run({ model: "m", input, format: "wav" }, abilityCall("mock/speech").call)
    expect(reply?.usage?.counters).toEqual({ characters: input.length })
    return ((reply!.body as Uint8Array).length - 44) / 16_000
  }
  expect(await seconds("x")).toBe(0.05)
  expect(await seconds("x".repeat(40))).toBe(2)
})

test("speech in a format that it does not make", async () => {
  const { call, lost } = abilityCall("speech")
  const reply = await speech?.run({ model: "m", input: "x", format: "mp3", speed: 2 }, call)
  expect(reply?.mime).toBe("audio/wav")
  expect(lost()).toEqual(["dropped speed", "approximated response_format"])
})

test("transcription says what it was given, with times over the whole length", async () => {
  const file = mediaFileOf("x".repeat(16_000), "audio/mpeg", "talk.mp3")
  const asked = { model: "m", task: "transcribe", file, granularities: [], format: "srt" } as const
  const reply = await transcription?.run(asked, abilityCall("transcribe").call)
  expect(reply).toMatchObject({ text: "Heard 16000 bytes of audio/mpeg. That was talk.mp3.", durationSeconds: 1 })
  expect(reply?.segments?.map(({ text }) => text)).toEqual(["Heard 16000 bytes of audio/mpeg.", "That was talk.mp3."])
  expect(reply?.segments?.at(-1)?.end).toBe(1)
})

test("names are known or refused", async () => {
  expect([images?.serves?.("mock/image"), images?.serves?.("echo")]).toEqual([true, false])
  await expect(images?.run(request, abilityCall("echo").call)).rejects.toMatchObject({
    code: "upstream_model_not_found",
  })
})
