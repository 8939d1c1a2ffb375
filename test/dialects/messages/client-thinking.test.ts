import { describe, expect, test } from "bun:test"
import type { ChatPart, Loss } from "../../../src/contract/index.ts"
import { unseal } from "../../../src/dialects/index.ts"
import { asked } from "../../kit/asked.ts"
import { both, whole } from "../../kit/messages.ts"

const stop: ChatPart = { type: "finish", reason: "stop", raw: "stop" }
const contentOf = (parts: readonly ChatPart[]) => whole(parts).content as object[]

describe("thinking", () => {
  const thought = (format: string, ...deltas: object[]): ChatPart[] => [
    { type: "reasoning-start", index: 0, format, id: "rs_1" },
    ...deltas.map((delta) => ({ type: "reasoning-delta", index: 0, ...delta }) as ChatPart),
    { type: "reasoning-end", index: 0 },
    stop,
  ]
  const omitted = { ...asked, reasoning: { enabled: true, display: "omitted" as const } }

  test("of Claude keeps its signature", () => {
    const { whole, folded } = both(thought("anthropic-claude-v1", { text: "h" }, { text: "m" }, { signature: "sig" }))
    expect(whole.content).toEqual([{ type: "thinking", thinking: "hm", signature: "sig" }])
    expect(folded).toEqual(whole)
    const silent = both(thought("anthropic-claude-v1", { signature: "sig" }))
    expect(silent.whole.content).toEqual([{ type: "thinking", thinking: "", signature: "sig" }])
    expect(silent.folded).toEqual(silent.whole)
    expect(contentOf(thought("anthropic-claude-v1", { encrypted: "data" }))).toEqual([
      { type: "redacted_thinking", data: "data" },
    ])
  })

  test("of others is sealed in the place of the signature", () => {
    const [block] = contentOf(thought("openai-responses-v1", { text: "sum" }, { encrypted: "secret" })) as {
      signature: string
    }[]
    expect(block).toMatchObject({ type: "thinking", thinking: "sum" })
    expect(unseal(block!.signature)).toEqual({ format: "openai-responses-v1", encrypted: "secret", id: "rs_1" })
  })

  test("that is encrypted alone is redacted, and never shown as text", () => {
    const { whole, folded } = both(thought("openai-responses-v1", { encrypted: "secret" }))
    const [block] = whole.content as { data: string }[]
    expect(block).toMatchObject({ type: "redacted_thinking" })
    expect(unseal(block!.data)).toEqual({ format: "openai-responses-v1", encrypted: "secret", id: "rs_1" })
    expect(folded).toEqual(whole)
  })

  test("that the client does not want to read travels inside the seal", () => {
    const { whole, folded } = both(thought("unknown", { text: "private" }), omitted)
    const [block] = whole.content as { thinking: string; signature: string }[]
    expect(block).toMatchObject({ type: "thinking", thinking: "" })
    expect(unseal(block!.signature)).toEqual({ format: "unknown", id: "rs_1", text: "private" })
    expect(folded).toEqual(whole)
  })

  /** Gemini signs the last part of its answer, which is a text where no call follows. */
  const signedText: ChatPart[] = [
    { type: "text-start", index: 0 },
    { type: "text-delta", index: 0, text: "Done." },
    { type: "text-end", index: 0 },
    { type: "reasoning-start", index: 1, format: "google-gemini-v1" },
    { type: "reasoning-delta", index: 1, encrypted: "sig" },
    { type: "reasoning-end", index: 1 },
  ]

  test("behind the last text is left out and reported: clients take the last block for the answer", () => {
    const losses: Loss[] = []
    const { whole, folded } = both([...signedText, stop], asked, (loss) => losses.push(loss))
    expect(whole.content).toEqual([{ type: "text", text: "Done." }])
    expect(folded).toEqual(whole)
    // Once for the whole answer, once for the stream.
    expect(losses.map(({ path, code }) => `${path} ${code}`)).toEqual([
      "reply.reasoning reply_content_lost",
      "reply.reasoning reply_content_lost",
    ])
  })

  test("behind a text that is not the last waits for the next block", () => {
    const losses: Loss[] = []
    const call: ChatPart[] = [
      { type: "tool-call-start", index: 2, id: "c1", name: "t", kind: "function" },
      { type: "tool-call-delta", index: 2, arguments: "{}" },
      { type: "tool-call-end", index: 2 },
      stop,
    ]
    const { whole, folded } = both([...signedText, ...call], asked, (loss) => losses.push(loss))
    expect((whole.content as { type: string }[]).map(({ type }) => type)).toEqual([
      "text",
      "redacted_thinking",
      "tool_use",
    ])
    expect(folded).toEqual(whole)
    expect(losses).toEqual([])
  })

  test("a call's signature stands in front of the call", () => {
    const parts: ChatPart[] = [
      { type: "tool-call-start", index: 0, id: "c1", name: "t", kind: "function" },
      { type: "tool-call-delta", index: 0, arguments: "{}" },
      { type: "tool-call-end", index: 0, signature: "gem" },
      stop,
    ]
    const { whole, folded } = both(parts)
    const [seal, call] = whole.content as { data: string }[]
    expect(unseal(seal!.data)).toEqual({ format: "google-gemini-v1", encrypted: "gem", id: "c1" })
    expect(call).toMatchObject({ type: "tool_use", id: "c1", input: {} })
    expect(folded).toEqual(whole)
  })
})
