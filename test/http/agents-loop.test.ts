import { afterAll, afterEach, beforeEach, describe, expect, test } from "bun:test"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createAnthropic } from "@ai-sdk/anthropic"
import { createGoogle } from "@ai-sdk/google"
import { createOpenAI } from "@ai-sdk/openai"
import { createOpenAICompatible } from "@ai-sdk/openai-compatible"
import { createOpenRouter } from "@openrouter/ai-sdk-provider"
import { generateText, isStepCount, jsonSchema, type LanguageModel, streamText, ToolLoopAgent, tool } from "ai"
import { inferenceKey as apiKey, startGateway } from "../kit/gateway.ts"
import { families } from "../kit/scripted/families.ts"
import { task } from "../kit/scripted/script.ts"

/**
 * The AI SDK's own agent loop does the task of the coding agents: each of its providers, so each of our client formats, over each family of
 * upstreams. The upstreams refuse what the real ones refuse, signatures that did not come back among it.
 */
globalThis.AI_SDK_LOG_WARNINGS = false
const folder = mkdtempSync(join(tmpdir(), "signalbox-loop-"))
const notes = join(folder, task.file)
const upstreams = families.map((family) => ({ family, upstream: family.start(folder) }))
const gateway = await startGateway()
afterAll(async () => {
  await gateway.stop()
  await Promise.all(upstreams.map(({ upstream }) => upstream.stop()))
  rmSync(folder, { recursive: true, force: true })
})

const object = (...names: string[]) => ({
  type: "object" as const,
  properties: Object.fromEntries(names.map((name) => [name, { type: "string" as const }])),
  required: names,
  additionalProperties: false,
})

const ran: string[] = []
const tools = {
  bash: tool({
    description: "Runs a command",
    inputSchema: jsonSchema<{ command: string }>(object("command")),
    execute: ({ command }) => {
      ran.push(command)
      return ""
    },
  }),
  read: tool({
    description: "Reads a file",
    inputSchema: jsonSchema<{ path: string }>(object("path")),
    execute: ({ path }) => readFileSync(path, "utf8"),
  }),
  edit: tool({
    description: "Changes a file",
    inputSchema: jsonSchema<{ file_path: string; old_string: string; new_string: string }>(
      object("file_path", "old_string", "new_string"),
    ),
    execute: ({ file_path, old_string, new_string }) => {
      writeFileSync(file_path, readFileSync(file_path, "utf8").replace(old_string, new_string))
      return { changed: true }
    },
  }),
}

interface Client {
  readonly name: string
  readonly model: (name: string) => LanguageModel
  readonly providerOptions?: Parameters<typeof generateText>[0]["providerOptions"]
  /** Whether the client has a place for what the vendor wants back of its reasoning. */
  readonly keeps: (family: string) => boolean
}

const root = gateway.url
const clients: readonly Client[] = [
  {
    name: "@ai-sdk/openai, chat",
    model: (name) => createOpenAI({ baseURL: `${root}/v1`, apiKey }).chat(name),
    providerOptions: { openai: { reasoningEffort: "medium", forceReasoning: true } },
    keeps: () => false,
  },
  {
    name: "@ai-sdk/openai, responses",
    model: (name) => createOpenAI({ baseURL: `${root}/v1`, apiKey }).responses(name),
    providerOptions: {
      openai: {
        reasoningEffort: "medium",
        forceReasoning: true,
        store: false,
        include: ["reasoning.encrypted_content"],
      },
    },
    keeps: () => true,
  },
  {
    name: "@ai-sdk/anthropic",
    model: (name) => createAnthropic({ baseURL: `${root}/v1`, apiKey })(name),
    providerOptions: { anthropic: { thinking: { type: "enabled", budgetTokens: 2048 } } },
    keeps: () => true,
  },
  {
    name: "@ai-sdk/openai-compatible",
    model: (name) => createOpenAICompatible({ name: "signalbox", baseURL: `${root}/v1`, apiKey })(name),
    providerOptions: { signalbox: { reasoningEffort: "medium" } },
    // It has a place for Google's signatures, and for nobody else's.
    keeps: (family) => family === "gemini",
  },
  {
    name: "@openrouter/ai-sdk-provider",
    model: (name) => createOpenRouter({ baseURL: `${root}/api/v1`, apiKey }).chat(name),
    providerOptions: { openrouter: { reasoning: { effort: "medium" } } },
    keeps: () => true,
  },
  {
    name: "@ai-sdk/google",
    model: (name) => createGoogle({ baseURL: `${root}/v1beta`, apiKey })(name),
    providerOptions: { google: { thinkingConfig: { includeThoughts: true } } },
    keeps: () => true,
  },
]

const stopWhen = isStepCount(5)
const ways = {
  generateText: async (client: Client, name: string) => {
    const { providerOptions = {} } = client
    const result = await generateText({
      model: client.model(name),
      tools,
      stopWhen,
      prompt: task.prompt,
      providerOptions,
    })
    return { text: result.text, steps: result.steps.length }
  },
  streamText: async (client: Client, name: string) => {
    const { providerOptions = {} } = client
    const result = streamText({ model: client.model(name), tools, stopWhen, prompt: task.prompt, providerOptions })
    return { text: await result.text, steps: (await result.steps).length }
  },
  ToolLoopAgent: async (client: Client, name: string) => {
    const { providerOptions = {} } = client
    const agent = new ToolLoopAgent({ model: client.model(name), tools, stopWhen, providerOptions })
    const result = await agent.generate({ prompt: task.prompt })
    return { text: result.text, steps: result.steps.length }
  },
}

for (const { family, upstream } of upstreams) {
  describe(`over ${family.name}`, () => {
    beforeEach(async () => {
      writeFileSync(notes, task.before)
      ran.length = 0
      for (const list of [upstream.notes.refusals, upstream.notes.kept, upstream.notes.turns]) list.length = 0
      await gateway.configure({ providers: [family.provider(upstream.url)], retries: { same_upstream: 0 } })
    })
    afterEach(() => expect(upstream.notes.refusals).toEqual([]))

    for (const client of clients) {
      for (const [way, run] of Object.entries(ways)) {
        test(`${client.name}, ${way}: two calls at once, an edit, the last words`, async () => {
          const { text, steps } = await run(client, family.model)
          expect(text).toBe(task.last)
          expect(steps).toBe(3)
          expect(ran).toEqual([task.command])
          expect(readFileSync(notes, "utf8")).toBe(task.after)
          expect(upstream.notes.turns.map((turn) => turn.split(" ").at(-1))).toEqual(["0", "2", "3"])
          // OpenAI's chat format has no reasoning to send back.
          const reasons = !upstream.notes.turns[0]!.includes(" chat ")
          if (reasons && client.keeps(family.name)) expect(upstream.notes.kept).toEqual([true, true])
        })
      }
    }
  })
}
