import { expect, test } from "bun:test"
import type { ChatPart, Tool } from "../../../src/contract/index.ts"
import { ToolCheck } from "../../../src/pipeline/attempt/tool-check.ts"

const tools: readonly Tool[] = [{ type: "function", name: "look" }]

const call = (
  name: string,
  pieces: readonly string[],
  kind: "function" | "custom" = "function",
  index = 0,
): ChatPart[] => [
  { type: "tool-call-start", id: "1", name, kind, index },
  ...pieces.map((text): ChatPart => ({ type: "tool-call-delta", arguments: text, index })),
  { type: "tool-call-end", index },
]

const check = (parts: readonly ChatPart[], known: readonly Tool[] | "none" = tools) => {
  const found = new ToolCheck(known === "none" ? undefined : known)
  for (const part of parts) found.note(part)
  return found.isGood
}

test("an answer without calls says nothing", () => {
  expect(check([])).toBeUndefined()
})

test("a call of a known tool with JSON is good, however it is cut; without arguments too", () => {
  expect(check(call("look", ['{"a"', ":", "1}"]))).toBe(true)
  expect(check(call("look", []))).toBe(true)
  expect(check(call("look", ["no json at all"], "custom"))).toBe(true)
})

test("one call that cannot be run is enough", () => {
  expect(check([...call("look", ["{}"]), ...call("look", ['{"a":'], "function", 1)])).toBe(false)
  expect(check([...call("jump", ["{}"]), ...call("look", ["{}"], "function", 1)])).toBe(false)
})

test("beside tools of the upstream's own, names tell nothing", () => {
  expect(check(call("web_search", ["{}"]), [...tools, { type: "opaque", dialect: "x", data: {} }])).toBe(true)
  expect(check(call("anything", ["{}"]), "none")).toBe(true)
})
