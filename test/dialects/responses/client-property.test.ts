import { expect, test } from "bun:test"
import fc from "fast-check"
import OpenAI from "openai"
import type { ChatPart, Content, Json, JsonObject } from "../../../src/contract/index.ts"
import { openrouterFace, requestyFace } from "../../../src/dialects/index.ts"
import { decode, eventsOf, replyOf, streamOf } from "../../kit/responses-client.ts"

/** Answers as upstreams of any family may give them: blocks of every kind, some of them at the same time. */

const text = fc.string({ minLength: 1, maxLength: 8, unit: "grapheme" })
const texts = fc.array(text, { minLength: 1, maxLength: 3 })
const formats = ["anthropic-claude-v1", "google-gemini-v1", "openai-responses-v1", "xai-responses-v1", "unknown"]

/** A block without its number. */
type Block = { readonly parts: (index: number) => ChatPart[]; readonly content: (index: number) => Content[] }

const said: fc.Arbitrary<Block> = texts.map((pieces) => ({
  parts: (index) => [
    { type: "text-start", index },
    ...pieces.map((piece): ChatPart => ({ type: "text-delta", text: piece, index })),
    { type: "text-end", index },
  ],
  content: () => [{ type: "text", text: pieces.join("") }],
}))

const refused: fc.Arbitrary<Block> = texts.map((pieces) => ({
  parts: (index) => pieces.map((piece): ChatPart => ({ type: "refusal-delta", text: piece, index })),
  content: () => [{ type: "refusal", text: pieces.join("") }],
}))

const thought: fc.Arbitrary<Block> = fc
  .record({
    format: fc.constantFrom(...formats),
    hasId: fc.boolean(),
    pieces: fc.array(text, { maxLength: 2 }),
    signature: fc.option(text, { nil: undefined }),
    encrypted: fc.option(text, { nil: undefined }),
  })
  .filter(({ pieces, signature, encrypted }) => pieces.length > 0 || signature !== undefined || encrypted !== undefined)
  .map(({ format, hasId, pieces, signature, encrypted }) => {
    const idOf = (index: number) => (hasId ? { id: `rs_${index}` } : {})
    // Only vendors that speak this format tell summaries from thoughts.
    const summary = format.endsWith("responses-v1") && pieces.length > 0 ? { summary: true } : {}
    const kept = {
      ...(signature === undefined ? {} : { signature }),
      ...(encrypted === undefined ? {} : { encrypted }),
    }
    return {
      parts: (index) => [
        { type: "reasoning-start", format, ...idOf(index), ...summary, index },
        ...pieces.map((piece): ChatPart => ({ type: "reasoning-delta", text: piece, index })),
        ...(Object.keys(kept).length > 0 ? [{ type: "reasoning-delta", ...kept, index } as ChatPart] : []),
        { type: "reasoning-end", index },
      ],
      content: (index) => [
        {
          type: "reasoning",
          format,
          ...idOf(index),
          ...summary,
          ...kept,
          ...(pieces.length > 0 ? { text: pieces.join("") } : {}),
        },
      ],
    }
  })

const call: fc.Arbitrary<Block> = fc
  .record({
    kind: fc.constantFrom("function" as const, "custom" as const),
    name: fc.stringMatching(/^[a-z]{1,6}$/),
    pieces: texts,
    signature: fc.option(text, { nil: undefined }),
  })
  .map(({ kind, name, pieces, signature }) => {
    const signed = signature === undefined ? {} : { signature }
    const written = pieces.join("")
    return {
      parts: (index) => [
        { type: "tool-call-start", id: `call_${index}`, name, kind, index },
        ...pieces.map((piece): ChatPart => ({ type: "tool-call-delta", arguments: piece, index })),
        { type: "tool-call-end", ...signed, index },
      ],
      content: (index) => [
        {
          type: "tool-call",
          id: `call_${index}`,
          name,
          kind,
          arguments: kind === "function" && written.trim() === "" ? "{}" : written,
          ...signed,
        },
      ],
    }
  })

const picture: fc.Arbitrary<Block> = fc.base64String({ minLength: 4 }).map((base64) => {
  const media = { type: "media", kind: "image", source: { type: "data", base64 }, mime: "image/png" } as const
  return { parts: (index) => [{ type: "media", media, index }], content: () => [media] }
})

const other: fc.Arbitrary<Block> = text.map((query) => {
  const data = (index: number) => ({
    type: "web_search_call",
    id: `ws_${index}`,
    status: "completed",
    action: { type: "search", query },
  })
  return {
    parts: (index) => [{ type: "opaque", dialect: "responses", data: data(index), index }],
    content: (index) => [{ type: "opaque", dialect: "responses", data: data(index) }],
  }
})

const block = fc.oneof(said, refused, thought, call, picture, other)
const reasons = fc.constantFrom("stop", "length", "tool-calls", "content-filter")

const start: ChatPart = { type: "start" }
const finish = (reason: string): ChatPart => ({ type: "finish", reason, raw: null }) as ChatPart

/** Neighbours' parts one by one in turn, as servers stream parallel calls. */
const interleave = (one: ChatPart[], two: ChatPart[]): ChatPart[] =>
  Array.from({ length: Math.max(one.length, two.length) }, (_, at) => [one[at], two[at]]).flatMap((pair) =>
    pair.filter((part) => part !== undefined),
  )

const answer = fc
  .record({ blocks: fc.array(block, { maxLength: 5 }), overlap: fc.nat(4), reason: reasons })
  .map(({ blocks, overlap, reason }) => {
    const lists = blocks.map((item, index) => item.parts(index))
    const [one, two] = [lists[overlap], lists[overlap + 1]]
    if (one && two) lists.splice(overlap, 2, interleave(one, two))
    return [start, ...lists.flat(), finish(reason)]
  })

const client = (text: string) =>
  new OpenAI({
    apiKey: "k",
    baseURL: "http://gateway.test/v1",
    fetch: async () => new Response(text, { headers: { "content-type": "text/event-stream" } }),
  })
const bare = (value: unknown): Json =>
  JSON.parse(JSON.stringify(value, (key, field) => (/^parsed/.test(key) ? undefined : field)))

test("what OpenAI's library folds from a stream is the whole reply", async () => {
  await fc.assert(
    fc.asyncProperty(answer, fc.constantFrom(openrouterFace, requestyFace), async (parts, face) => {
      const { text, reply } = streamOf(parts, face)
      const whole = replyOf(parts, face)
      expect(reply).toEqual(whole)
      const final = await client(text).responses.stream({ model: "a/b", input: "hi" }).finalResponse()
      expect(bare(final.output)).toEqual(bare(whole.output))
      expect(String(final.status)).toBe(String(whole.status))
    }),
    { numRuns: 300, seed: 7 },
  )
})

test("each item is opened once, done once, and every number follows the one before", () => {
  fc.assert(
    fc.property(answer, (parts) => {
      const events = eventsOf(streamOf(parts, requestyFace).text)
      expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_, index) => index))
      const places = (type: string) =>
        events.filter((event) => event.type === type).map(({ output_index }) => output_index)
      const added = places("response.output_item.added")
      expect(added).toEqual(added.map((_, index) => index))
      expect(places("response.output_item.done").toSorted()).toEqual(added)
      const ids = (replyOf(parts, requestyFace).output as JsonObject[]).map(({ id }) => id)
      expect(new Set(ids).size).toBe(ids.length)
      for (const kind of ["content_part", "reasoning_summary_part"])
        expect(places(`response.${kind}.added`).length).toBe(places(`response.${kind}.done`).length)
    }),
    { numRuns: 300, seed: 11 },
  )
})

const withoutOurIds = (content: Content): Content => {
  if (content.type !== "reasoning" || !content.id?.startsWith("rs_abcdef")) return content
  const { id: _ours, ...rest } = content
  return rest
}

test("an answer that comes back in the next turn says the same: words, thoughts, signatures, calls", () => {
  fc.assert(
    fc.property(fc.array(block, { minLength: 1, maxLength: 5 }), (blocks) => {
      const parts = [start, ...blocks.flatMap((item, index) => item.parts(index)), finish("stop")]
      const output = replyOf(parts, requestyFace).output as Json[]
      const request = decode({ model: "a/b", input: [{ role: "user", content: "hi" }, ...output] })
      const back = request.messages.slice(1).flatMap(({ content }) => content.map(withoutOurIds))
      expect(back).toEqual(blocks.flatMap((item, index) => item.content(index)))
    }),
    { numRuns: 500, seed: 13 },
  )
})

test("parts in an order that no upstream may give are never a fault", () => {
  const shuffled = answer.chain((parts) => fc.shuffledSubarray(parts, { minLength: parts.length }))
  fc.assert(
    fc.property(shuffled, (parts) => {
      const events = eventsOf(streamOf(parts, requestyFace).text)
      expect(events[0]?.type).toBe("response.created")
      expect(events.filter(({ type }) => /^response\.(?:completed|incomplete)$/.test(type)).length).toBe(1)
    }),
    { numRuns: 300, seed: 17 },
  )
})
