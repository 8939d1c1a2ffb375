import { expect, test } from "bun:test"
import fc from "fast-check"
import type { ChatPart } from "../../../src/contract/index.ts"
import { asked } from "../../kit/asked.ts"
import { both, usage } from "../../kit/messages.ts"

const stop: ChatPart = { type: "finish", reason: "stop", raw: "stop" }

/** Blocks of any kind, their parts mixed as parallel blocks are. */
const block = (index: number): fc.Arbitrary<ChatPart[]> => {
  const text = fc.string({ maxLength: 6 })
  const json = fc.constantFrom("", "{}", '{"a":1}', '{"b":[true,null]}')
  return fc.oneof(
    fc
      .array(text, { maxLength: 3 })
      .map((texts): ChatPart[] => [
        { type: "text-start", index },
        ...texts.map((piece): ChatPart => ({ type: "text-delta", index, text: piece })),
        { type: "citation", index, url: "https://e.org" },
        { type: "text-end", index },
      ]),
    fc
      .tuple(
        fc.constantFrom("anthropic-claude-v1", "unknown", "google-gemini-v1"),
        fc.array(text, { maxLength: 2 }),
        text,
      )
      .map(([format, texts, signature]): ChatPart[] => [
        { type: "reasoning-start", index, format },
        ...texts.map((piece): ChatPart => ({ type: "reasoning-delta", index, text: piece })),
        { type: "reasoning-delta", index, signature },
        { type: "reasoning-end", index },
      ]),
    fc.tuple(json, fc.nat(8), fc.boolean()).map(([written, cut, signed]): ChatPart[] => [
      { type: "tool-call-start", index, id: `c${index}`, name: "t", kind: "function" },
      { type: "tool-call-delta", index, arguments: written.slice(0, cut) },
      { type: "tool-call-delta", index, arguments: written.slice(cut) },
      { type: "tool-call-end", index, ...(signed ? { signature: "s" } : {}) },
    ]),
    fc.constant<ChatPart[]>([{ type: "opaque", index, dialect: "messages", data: { type: "hologram", index } }]),
    text.map((piece): ChatPart[] => [{ type: "refusal-delta", index, text: piece }]),
  )
}

const answers = fc
  .tuple(block(0), block(1), block(2), fc.array(fc.nat(2), { minLength: 30, maxLength: 30 }), fc.boolean())
  .map(([first, second, third, order, omit]) => {
    const queues = [[...first], [...second], [...third]]
    const mixed: ChatPart[] = []
    for (const pick of order) {
      const part = queues[pick]!.shift()
      if (part) mixed.push(part)
    }
    return {
      parts: [{ type: "start" } as ChatPart, ...mixed, ...queues.flat(), { type: "usage", usage } as ChatPart, stop],
      omit,
    }
  })

test("every stream is in order, and says what the whole message says", () => {
  fc.assert(
    fc.property(answers, ({ parts, omit }) => {
      const request = omit ? { ...asked, reasoning: { display: "omitted" as const } } : asked
      const { whole, folded } = both(parts, request)
      expect(folded).toEqual(whole)
      for (const [position, kind] of (whole.content as { type: string }[]).entries())
        expect(kind.type, `${position}`).toBeString()
    }),
    { seed: 7, numRuns: 400 },
  )
})
