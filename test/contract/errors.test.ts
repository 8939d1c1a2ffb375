import { describe, expect, test } from "bun:test"
import { messageOf } from "../../src/contract/index.ts"

describe("messageOf has words for whatever a plugin may throw", () => {
  const circle: Record<string, unknown> = {}
  circle.self = circle
  const things: readonly (readonly [string, unknown, string])[] = [
    ["an error", new Error("no disk"), "no disk"],
    ["a text", "no disk", "no disk"],
    ["an object", { reason: 1 }, '{"reason":1}'],
    ["nothing", undefined, "undefined"],
    ["a symbol", Symbol("odd"), "Symbol(odd)"],
    ["an object that contains itself", circle, "[object Object]"],
    [
      "an object without a prototype that contains a bigint",
      Object.assign(Object.create(null), { big: 1n }),
      "[object Object]",
    ],
  ]
  for (const [name, thrown, words] of things) test(name, () => expect(messageOf(thrown)).toBe(words))
})
