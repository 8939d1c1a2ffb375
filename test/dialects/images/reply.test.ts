import { describe, expect, test } from "bun:test"
import {
  emptyUsage,
  type ImageReply,
  type ImageRequest,
  type JsonObject,
  type Loss,
} from "../../../src/contract/index.ts"
import {
  createSseDecoder,
  encodeImageEvents,
  encodeImageReply,
  openrouterFace,
  requestyFace,
} from "../../../src/dialects/index.ts"

const request: ImageRequest = { model: "m", prompt: "p", images: [], count: 1 }
const reply: ImageReply = {
  images: [
    { image: { base64: "AAAA", mime: "image/png" }, revisedPrompt: "better" },
    { image: { url: "https://x/1" } },
  ],
}
const usage = {
  input: { ...emptyUsage.input, fresh: 10, image: 20 },
  output: { ...emptyUsage.output, image: 100 },
  counters: { images: 2 },
}

const answer = (more: Partial<ImageRequest> = {}, face = requestyFace, losses: Loss[] = []) => ({
  reply,
  request: { ...request, ...more },
  usage,
  costUsd: 0.042,
  createdSeconds: 1_790_000_000,
  face,
  lose: (loss: Loss) => losses.push(loss),
})

describe("the body", () => {
  test("has both forms where nothing is asked for and there are bytes, for both kinds of clients", async () => {
    expect(await encodeImageReply(answer())).toEqual({
      created: 1_790_000_000,
      data: [{ b64_json: "AAAA", url: "data:image/png;base64,AAAA", revised_prompt: "better" }, { url: "https://x/1" }],
      usage: {
        input_tokens: 30,
        output_tokens: 100,
        total_tokens: 130,
        input_tokens_details: { text_tokens: 10, image_tokens: 20 },
        output_tokens_details: { text_tokens: 0, image_tokens: 100 },
        cost: 0.042,
      },
    })
  })

  test("has the form that was asked for alone", async () => {
    const [base64, url] = await Promise.all(
      (["b64_json", "url"] as const).map((responseFormat) => encodeImageReply(answer({ responseFormat }))),
    )
    expect(Object.keys((base64!.data as JsonObject[])[0]!)).toEqual(["b64_json", "revised_prompt"])
    expect(Object.keys((url!.data as JsonObject[])[0]!)).toEqual(["url", "revised_prompt"])
  })

  test("has data URLs for a client that wants URLs, or those of the host's store", async () => {
    const plain = await encodeImageReply(answer({ responseFormat: "url" }))
    expect(plain.data).toMatchObject([{ url: "data:image/png;base64,AAAA" }, { url: "https://x/1" }])
    const made = { store: async (base64: string, mime: string) => `https://here/${mime}/${base64}` }
    const stored = await encodeImageReply({ ...answer({ responseFormat: "url" }), made })
    expect(stored.data).toMatchObject([{ url: "https://here/image/png/AAAA" }, { url: "https://x/1" }])
  })

  test("reports a URL where base64 was asked for", async () => {
    const losses: Loss[] = []
    await encodeImageReply(answer({ responseFormat: "b64_json" }, requestyFace, losses))
    expect(losses).toMatchObject([{ path: "data[1]", action: "approximated" }])
  })

  test("tells the type on the face that has a place for it", async () => {
    const body = await encodeImageReply(answer({}, openrouterFace))
    expect(body.data).toMatchObject([{ b64_json: "AAAA", media_type: "image/png" }, {}])
  })
})

test("as events each image is whole, and usage stands on the last one", async () => {
  const text = await encodeImageEvents(answer({ size: "1024x1024" }))
  const events = createSseDecoder().push(new TextEncoder().encode(text))
  expect(events.map(({ event }) => event)).toEqual(["image_generation.completed", "image_generation.completed"])
  const [first, last] = events.map(({ data }) => JSON.parse(data) as Record<string, unknown>)
  expect(first).toMatchObject({ type: "image_generation.completed", b64_json: "AAAA", size: "1024x1024" })
  expect(first?.usage).toBeUndefined()
  expect(last).toMatchObject({ url: "https://x/1", usage: { cost: 0.042 } })
})
