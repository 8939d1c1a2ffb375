import { describe, expect, test } from "bun:test"
import type { Json } from "../../src/contract/index.ts"
import { chatCompletions, createSseDecoder } from "../../src/dialects/index.ts"
import { reply, sourceFor } from "../kit/chat-completions.ts"
import { chatStreams } from "../kit/chat-streams.ts"

describe.each(Object.entries(chatStreams))("%s", (_name, stream) => {
  const decodeBytes = (chunks: readonly Uint8Array[]) => {
    const sse = createSseDecoder()
    const decoder = chatCompletions.decodeStream(sourceFor({}))
    const events = [...chunks.flatMap((chunk) => sse.push(chunk)), ...sse.end()]
    return [...events.flatMap((event) => decoder.push(event)), ...decoder.end()]
  }
  const bytes = new TextEncoder().encode(stream)

  test("gives equal parts wherever the bytes are cut", () => {
    const whole = decodeBytes([bytes])
    for (let cut = 1; cut < bytes.length; cut++)
      expect(decodeBytes([bytes.subarray(0, cut), bytes.subarray(cut)])).toEqual(whole)
  })

  test("equals its folded whole", () => {
    const parts = decodeBytes([bytes])
    const whole = reply(parts)
    expect(reply(chatCompletions.decodeReply(whole as unknown as Json, sourceFor({})))).toEqual(whole)
  })

  test("keeps the duties of parts: start first, blocks opened and closed once, one finish per choice", () => {
    const parts = decodeBytes([bytes])
    expect(parts[0]?.type).toBe("start")
    const open = new Set<string>()
    const finished = new Set<number>()
    for (const part of parts) {
      if (part.type === "finish") finished.add(part.choice ?? 0)
      if (!("index" in part)) continue
      const key = `${part.choice ?? 0} ${part.index}`
      expect(finished.has(part.choice ?? 0)).toBe(false)
      if (part.type.endsWith("-start")) {
        expect(open.has(key)).toBe(false)
        open.add(key)
      } else if (part.type.endsWith("-end")) expect(open.delete(key)).toBe(true)
      else if (part.type === "text-delta" || part.type === "reasoning-delta" || part.type === "tool-call-delta")
        expect(open.has(key)).toBe(true)
    }
    expect(open.size).toBe(0)
    expect(parts.filter((part) => part.type === "finish").length).toBe(finished.size)
  })
})
