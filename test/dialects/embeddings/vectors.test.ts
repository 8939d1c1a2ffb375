import { describe, expect, test } from "bun:test"
import fc from "fast-check"
import { type EmbeddingsReply, type EmbeddingsRequest, emptyUsage } from "../../../src/contract/index.ts"
import {
  decodeFloats,
  encodeEmbeddingsReply,
  encodeFloats,
  openrouterFace,
  requestyFace,
  vectorAs,
} from "../../../src/dialects/index.ts"

describe("base64 of vectors", () => {
  test("is of little-endian 32-bit floats", () => {
    // 1.0 is 3f800000, and the low byte comes first.
    expect(encodeFloats([1])).toBe("AACAPw==")
    expect(encodeFloats([-2, 0.5])).toBe(Buffer.from([0, 0, 0, 0xc0, 0, 0, 0, 0x3f]).toString("base64"))
    expect(decodeFloats("AACAPw==")).toEqual([1])
  })

  test("there and back is the same, to the bit", () => {
    const float = fc.float({ noNaN: true, noDefaultInfinity: true })
    fc.assert(
      fc.property(fc.array(float, { minLength: 1, maxLength: 64 }), (floats) => {
        const base64 = encodeFloats(floats)
        expect(decodeFloats(base64)).toEqual(floats)
        expect(encodeFloats(decodeFloats(base64))).toBe(base64)
      }),
      { seed: 20_261_120 },
    )
  })

  test("of anything else is the upstream's failure", () => {
    for (const broken of ["", "AAA=", encodeFloats([1]).slice(0, 4), encodeFloats([Number.NaN])])
      expect(() => decodeFloats(broken)).toThrow("The upstream's vector")
  })

  test("is turned only where the client wants the other one", () => {
    const floats = [0.1, 1e-7]
    expect(vectorAs({ floats }, "float")).toEqual(floats)
    expect(vectorAs({ base64: "AACAPw==" }, "base64")).toBe("AACAPw==")
    expect(vectorAs({ floats: [1] }, "base64")).toBe("AACAPw==")
    expect(vectorAs({ base64: "AACAPw==" }, "float")).toEqual([1])
  })
})

describe("an answer", () => {
  const identity = { id: "emb-1", model: "a/b", provider: "p", providerName: "P", createdSeconds: 1 }
  const request: EmbeddingsRequest = { model: "a/b", input: [{ type: "text", text: "x" }], encoding: "float" }
  const reply: EmbeddingsReply = {
    vectors: [{ floats: [0.5, 1] }, { base64: "AACAPw==" }],
    usage: { ...emptyUsage, input: { ...emptyUsage.input, fresh: 7, image: 3 } },
  }
  const data = [
    { object: "embedding", index: 0, embedding: [0.5, 1] },
    { object: "embedding", index: 1, embedding: [1] },
  ]
  const common = { id: "emb-1", object: "list", model: "a/b", provider: "P", data }
  const usage = {
    prompt_tokens: 10,
    total_tokens: 10,
    prompt_tokens_details: { text_tokens: 7, image_tokens: 3 },
    cost: 0.001,
  }

  test("on either face", () => {
    expect(encodeEmbeddingsReply(reply, request, identity, requestyFace, 0.001)).toEqual({ ...common, usage })
    expect(encodeEmbeddingsReply(reply, request, identity, openrouterFace, 0.001)).toEqual({
      ...common,
      usage: { ...usage, is_byok: false },
    })
  })

  test("has its usage even where nobody counted", () => {
    const { usage: _, ...uncounted } = reply
    const { usage: written } = encodeEmbeddingsReply(uncounted, request, identity, requestyFace, 0)
    expect(written).toMatchObject({ prompt_tokens: 0, total_tokens: 0, cost: 0 })
  })
})
