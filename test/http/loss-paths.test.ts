import { afterAll, beforeAll, expect, test } from "bun:test"
import type { JsonObject } from "signalbox/plugin"
import { type Rig, startRig } from "../kit/upstreams.ts"

let rig: Rig

beforeAll(async () => {
  rig = await startRig(["plain"])
})
afterAll(() => rig.stop())

const lost = async (path: string, body: JsonObject): Promise<readonly string[]> => {
  const response = await rig.gateway.post(path, { model: "test/model", ...body })
  expect(response.status).toBe(200)
  const header = response.headers.get("x-signalbox-losses") ?? ""
  return header
    .replace(/^\d+; /, "")
    .split(", ")
    .map((entry) => entry.replace(/^\w+=/, ""))
}
const image = { type: "base64", media_type: "image/png", data: "iVBORw0KGgo=" }

/** An upstream that speaks chat completions and cannot take these: what is told is in the words of whoever asked. */
test.each<readonly [string, string, JsonObject, readonly string[]]>([
  [
    "Anthropic's",
    "/v1/messages",
    {
      max_tokens: 10,
      messages: [
        { role: "user", content: "x" },
        { role: "assistant", content: [{ type: "tool_use", id: "c1", name: "f", input: {} }] },
        {
          role: "user",
          content: [{ type: "tool_result", tool_use_id: "c1", content: [{ type: "image", source: image }] }],
        },
      ],
      tools: [
        { name: "f", input_schema: { type: "object" }, defer_loading: true },
        { type: "bash_20250124", name: "bash" },
      ],
      thinking: { type: "enabled", budget_tokens: 2000 },
    },
    ["messages[2].content[0]", "tools[1]", "thinking"],
  ],
  [
    "Gemini's",
    "/v1beta/models/test/model:generateContent",
    {
      contents: [{ role: "user", parts: [{ text: "x" }] }],
      generationConfig: { responseLogprobs: true, thinkingConfig: { thinkingBudget: 2000 } },
      safetySettings: [],
    },
    ["generationConfig.thinkingConfig"],
  ],
])("losses in %s words", async (_, path, body, expected) => {
  const told = await lost(path, body)
  for (const place of expected) expect(told.some((one) => one.startsWith(place))).toBe(true)
  expect(told.filter((one) => one.startsWith("reasoning") || one.includes(".function."))).toEqual([])
})
