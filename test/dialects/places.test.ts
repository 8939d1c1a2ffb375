import { expect, test } from "bun:test"
import type { ClientDialect, Json } from "../../src/contract/index.ts"
import { geminiClient } from "../../src/dialects/gemini/client/index.ts"
import { chatCompletionsClient, clientPath, messagesClient, responsesClient } from "../../src/dialects/index.ts"

/** What a loss at this path of the internal form is called for whoever wrote the body. */
const told = (client: ClientDialect, body: Json, path: string): string =>
  clientPath(path, client.decodeRequest(body).messages, client.lossPaths ?? {})

const model = "a/b"
const messages = {
  model,
  max_tokens: 9,
  system: [
    { type: "text", text: "a" },
    { type: "text", text: "b" },
  ],
  messages: [
    { role: "user", content: "q" },
    { role: "assistant", content: [{ type: "tool_use", id: "c", name: "f", input: {} }] },
    {
      role: "user",
      content: [
        { type: "tool_result", tool_use_id: "c", content: [{ type: "text", text: "r" }] },
        { type: "text", text: "go on" },
      ],
    },
  ],
}
const responses = {
  model,
  instructions: "be brief",
  input: [
    { role: "user", content: [{ type: "input_text", text: "q" }] },
    { type: "reasoning", id: "rs", summary: [{ type: "summary_text", text: "hm" }] },
    { type: "message", role: "assistant", content: [{ type: "output_text", text: "so" }] },
    { type: "function_call", call_id: "c", name: "f", arguments: "{}" },
    { type: "function_call_output", call_id: "c", output: "r" },
    { type: "future_item", x: 1 },
  ],
}
const gemini = {
  systemInstruction: { parts: [{ text: "a" }, { text: "b" }] },
  contents: [
    { role: "user", parts: [{ text: "q" }] },
    { role: "model", parts: [{ text: "hm", thought: true }] },
    { role: "model", parts: [{ text: "so" }, { functionCall: { name: "f", args: {} } }] },
    { role: "user", parts: [{ functionResponse: { name: "f", response: {} } }, { text: "go on" }] },
  ],
}
const chat = {
  model,
  messages: [
    { role: "user", content: [{ type: "text", text: "q" }] },
    {
      role: "assistant",
      content: "so",
      reasoning_content: "hm",
      tool_calls: [{ id: "c", type: "function", function: { name: "f", arguments: "{}" } }],
    },
    {
      role: "assistant",
      content: [{ type: "text", text: "x" }],
      reasoning_details: [{ type: "reasoning.text", text: "t" }],
    },
  ],
}

test.each<readonly [string, ClientDialect, Json, string, string]>([
  [
    "a block of the system text",
    messagesClient,
    messages,
    "messages[0].content[1].cache_control",
    "system[1].cache_control",
  ],
  ["a system text", messagesClient, { ...messages, system: "a" }, "messages[0].content[0]", "system"],
  ["a block of a result", messagesClient, messages, "messages[3].content[0]", "messages[2].content[0].content[0]"],
  ["what follows a result", messagesClient, messages, "messages[4].content[0].x", "messages[2].content[1].x"],
  ["instructions", responsesClient, responses, "messages[0].content[0]", "instructions"],
  ["a part of an item", responsesClient, responses, "messages[1].content[0].detail", "input[0].content[0].detail"],
  ["reasoning within a turn", responsesClient, responses, "messages[2].content[0]", "input[1]"],
  ["words within a turn", responsesClient, responses, "messages[2].content[1]", "input[2].content[0]"],
  ["a call within a turn", responsesClient, responses, "messages[2].content[2].x", "input[3].x"],
  ["a call, counted among calls", responsesClient, responses, "messages[2].tool_calls[0].x", "input[3].x"],
  ["an item of tomorrow", responsesClient, responses, "messages[4].content[0]", "input[5]"],
  ["a text for a list of items", responsesClient, { model, input: "hi" }, "messages[0].content[0]", "input"],
  ["a part of the instruction", geminiClient, gemini, "messages[0].content[1]", "systemInstruction.parts[1]"],
  ["a part of a joined turn", geminiClient, gemini, "messages[2].content[1]", "contents[2].parts[0]"],
  ["a call of a joined turn", geminiClient, gemini, "messages[2].tool_calls[0]", "contents[2].parts[1]"],
  ["a part beside a result", geminiClient, gemini, "messages[4].content[0]", "contents[3].parts[1]"],
  ["a part of a message", chatCompletionsClient, chat, "messages[0].content[0].x", "messages[0].content[0].x"],
  ["plain reasoning", chatCompletionsClient, chat, "messages[1].content[0]", "messages[1].reasoning_content"],
  ["a call behind reasoning", chatCompletionsClient, chat, "messages[1].content[2]", "messages[1].tool_calls[0]"],
  [
    "an entry of the details",
    chatCompletionsClient,
    chat,
    "messages[2].content[0]",
    "messages[2].reasoning_details[0]",
  ],
  ["content behind the details", chatCompletionsClient, chat, "messages[2].content[1]", "messages[2].content[0]"],
])("%s is told where its client wrote it", (_, client, body, path, expected) => {
  expect(told(client, body, path)).toBe(expected)
})
