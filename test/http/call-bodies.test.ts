import { afterAll, expect, test } from "bun:test"
import { postForm, startCalls } from "../kit/calls.ts"
import { errorOf } from "../kit/upstreams.ts"

const bytes = 100_000
const rig = await startCalls(() => ({ text: "x", data: [{ b64_json: "AAAA" }] }), { limits: { body_bytes: bytes } })
afterAll(() => rig.stop())

const audio = (length: number) => new File([new Uint8Array(length)], "a.wav", { type: "audio/wav" })
const transcribe = (file: File) =>
  postForm(rig.gateway, "/v1/audio/transcriptions", [
    ["model", "test/transcription"],
    ["file", file],
  ])

test("a file of the largest size passes, whatever the form around it takes", async () => {
  expect((await transcribe(audio(bytes))).status).toBe(200)
})

test("a larger one is refused, and the limit is named", async () => {
  const response = await transcribe(audio(2 * bytes))
  expect(response.status).toBe(413)
  expect(await errorOf(response)).toMatchObject({
    code: "payload_too_large",
    message: expect.stringContaining(`${bytes} bytes (limits.body_bytes)`),
  })
})

test.each(["/v1/embeddings", "/v1/rerank", "/v1/images/generations", "/v1/audio/speech"])(
  "%s takes no form, and says so",
  async (path) => {
    const response = await postForm(rig.gateway, path, [["model", "test/images"]])
    expect(response.status).toBe(400)
    const { code, message } = await errorOf(response)
    expect(code).toBe("invalid_request")
    expect(message).toContain("takes a JSON body")
  },
)

const empty = new File([], "a.png", { type: "image/png" })
const picture = new File(["\x89PNG"], "a.png", { type: "image/png" })

test.each<readonly [string, readonly (readonly [string, File])[], string]>([
  ["an image", [["image", empty]], "image"],
  [
    "one of several",
    [
      ["image[]", picture],
      ["image[]", empty],
    ],
    "image[1]",
  ],
  [
    "a mask",
    [
      ["image", picture],
      ["mask", empty],
    ],
    "mask",
  ],
])("%s without a byte is refused with its place", async (_, files, param) => {
  const before = rig.seen.length
  const response = await postForm(rig.gateway, "/v1/images/edits", [
    ["model", "test/images"],
    ["prompt", "x"],
    ...files,
  ])
  expect(response.status).toBe(400)
  expect(await errorOf(response)).toMatchObject({ param, message: `${param}: is empty` })
  expect(rig.seen.length).toBe(before)
})
