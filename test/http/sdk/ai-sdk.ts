import { expect } from "bun:test"
import { createOpenRouter } from "@openrouter/ai-sdk-provider"
import { createRequesty } from "@requesty/ai-sdk"
import * as seven from "ai"
import * as six from "ai-6"
import { citySchema, failureOf, prompts, type SdkScenarios, type SdkTarget, said, weatherSchema } from "./scenarios.ts"

/** The AI SDK's stream of parts, as far as both majors agree. */
interface Part {
  readonly type: string
  readonly text?: string
  readonly error?: unknown
}

interface Call {
  readonly toolCallId: string
  readonly toolName: string
  readonly input: unknown
}

interface Asked {
  readonly prompt: string
  readonly tools?: boolean
}

/** One major of the AI SDK with the provider that is made for it. */
interface Kit {
  generate(target: SdkTarget, asked: Asked): Promise<{ text: string; usage: Usage; cost: unknown; finish: string }>
  stream(target: SdkTarget, asked: Asked): Promise<{ parts: readonly Part[]; usage: Usage; calls: readonly Call[] }>
  toolLoop(target: SdkTarget): Promise<{ text: string; inputs: readonly unknown[]; steps: number }>
  object(target: SdkTarget, prompt: string): Promise<unknown>
}

interface Usage {
  readonly inputTokens: number | undefined
  readonly outputTokens: number | undefined
}

/** Where OpenRouter's package puts the price: `providerMetadata.openrouter.usage.cost`. */
const costOf = (metadata: Readonly<Record<string, unknown>> | undefined): unknown => {
  const own = metadata?.openrouter as { usage?: { cost?: unknown } } | undefined
  return own?.usage?.cost
}

const silent = { maxRetries: 0 } as const

/** Errors are asserted, not printed. */
const onError = () => undefined

export const createOpenRouterModel = ({ baseUrl, apiKey, model }: SdkTarget) =>
  createOpenRouter({ baseURL: baseUrl, apiKey, compatibility: "strict" })(model)

export const createRequestyModel = ({ baseUrl, apiKey, model }: SdkTarget) =>
  createRequesty({ baseURL: baseUrl, apiKey, compatibility: "strict" })(model)

const openRouterKit: Kit = {
  async generate(target, { prompt }) {
    const reply = await seven.generateText({ ...silent, model: createOpenRouterModel(target), prompt })
    const cost = costOf(reply.providerMetadata)
    return { text: reply.text, usage: reply.usage, cost, finish: reply.finishReason }
  },
  async stream(target, { prompt, tools }) {
    const weather = seven.tool({ inputSchema: seven.jsonSchema(weatherSchema) })
    const reply = seven.streamText({
      ...silent,
      model: createOpenRouterModel(target),
      prompt,
      onError,
      tools: (tools ? { get_weather: weather } : {}) as seven.ToolSet,
    })
    const parts: readonly Part[] = await Array.fromAsync(reply.fullStream)
    if (parts.some(({ type }) => type === "error")) return { parts, usage: noUsage, calls: [] }
    return { parts, usage: await reply.usage, calls: await reply.toolCalls }
  },
  async toolLoop(target) {
    const inputs: unknown[] = []
    const execute = (input: unknown) => {
      inputs.push(input)
      return "20 degrees"
    }
    const weather = seven.tool({ inputSchema: seven.jsonSchema(weatherSchema), execute })
    const reply = await seven.generateText({
      ...silent,
      model: createOpenRouterModel(target),
      prompt: prompts.toolLoop,
      tools: { get_weather: weather },
      stopWhen: seven.isStepCount(2),
      // Asked for once, or the model would call for ever.
      prepareStep: ({ stepNumber }) => ({ toolChoice: stepNumber === 0 ? "required" : "auto" }),
    })
    return { text: reply.text, inputs, steps: reply.steps.length }
  },
  async object(target, prompt) {
    const output = seven.Output.object({ schema: seven.jsonSchema(citySchema), name: "city" })
    const reply = await seven.generateText({ ...silent, model: createOpenRouterModel(target), prompt, output })
    return reply.output
  },
}

const requestyKit: Kit = {
  async generate(target, { prompt }) {
    const reply = await six.generateText({ ...silent, model: createRequestyModel(target), prompt })
    // This package reads `usage.cost` and keeps it to itself; the body shows what it read.
    const body = reply.response.body as { usage?: { cost?: unknown } } | undefined
    return { text: reply.text, usage: reply.usage, cost: body?.usage?.cost, finish: reply.finishReason }
  },
  async stream(target, { prompt, tools }) {
    const weather = six.tool({ inputSchema: six.jsonSchema(weatherSchema) })
    const reply = six.streamText({
      ...silent,
      model: createRequestyModel(target),
      prompt,
      onError,
      tools: (tools ? { get_weather: weather } : {}) as six.ToolSet,
    })
    const parts: readonly Part[] = await Array.fromAsync(reply.fullStream)
    if (parts.some(({ type }) => type === "error")) return { parts, usage: noUsage, calls: [] }
    return { parts, usage: await reply.usage, calls: await reply.toolCalls }
  },
  async toolLoop(target) {
    const inputs: unknown[] = []
    const execute = (input: unknown) => {
      inputs.push(input)
      return "20 degrees"
    }
    const weather = six.tool({ inputSchema: six.jsonSchema(weatherSchema), execute })
    const reply = await six.generateText({
      ...silent,
      model: createRequestyModel(target),
      prompt: prompts.toolLoop,
      tools: { get_weather: weather },
      stopWhen: six.stepCountIs(2),
      prepareStep: ({ stepNumber }) => ({ toolChoice: stepNumber === 0 ? "required" : "auto" }),
    })
    return { text: reply.text, inputs, steps: reply.steps.length }
  },
  async object(target, prompt) {
    const output = six.Output.object({ schema: six.jsonSchema(citySchema), name: "city" })
    const reply = await six.generateText({ ...silent, model: createRequestyModel(target), prompt, output })
    return reply.output
  },
}

const noUsage: Usage = { inputTokens: undefined, outputTokens: undefined }

const textOf = (parts: readonly Part[]): string =>
  parts.map((part) => (part.type === "text-delta" ? part.text : "")).join("")

const statusOf = (error: unknown): unknown => (error as { statusCode?: unknown }).statusCode

const scenariosFor = (kit: Kit, object: unknown): SdkScenarios => ({
  async plain(target) {
    const reply = await kit.generate(target, { prompt: prompts.plain })
    expect(reply.text).toBe(said.plain)
    expect(reply.finish).toBe("stop")
    expect(reply.usage.inputTokens).toBeGreaterThan(0)
    expect(reply.usage.outputTokens).toBe(4)
    if (target.priced) expect(reply.cost).toBeGreaterThan(0)
  },
  async stream(target) {
    const { parts, usage } = await kit.stream(target, { prompt: prompts.stream })
    expect(textOf(parts)).toBe(said.stream)
    expect(usage.outputTokens).toBe(37)
  },
  async tools(target) {
    const { calls } = await kit.stream(target, { prompt: prompts.tools, tools: true })
    expect(calls.map(({ toolName }) => toolName)).toEqual(["get_weather", "get_weather"])
    expect(new Set(calls.map(({ toolCallId }) => toolCallId)).size).toBe(2)
    expect(calls.map(({ input }) => input)).toEqual(said.cities.map((city) => ({ city, unit: "celsius" })))
  },
  async toolTurn(target) {
    const { text, inputs, steps } = await kit.toolLoop(target)
    expect(steps).toBe(2)
    expect(inputs).toEqual([{ city: "text", unit: "text" }])
    expect(text).toContain("The tool said: ")
    expect(text).toContain("20 degrees")
  },
  async structured(target) {
    expect(await kit.object(target, prompts.structured)).toEqual(object)
  },
  async error(target) {
    const failure = await failureOf(kit.generate(target, { prompt: prompts.error }))
    expect(statusOf(failure)).toBe(400)
    expect((failure as Error).message).toContain(said.refusal)
  },
  async streamError(target) {
    const { parts } = await kit.stream(target, { prompt: prompts.streamError })
    expect(textOf(parts)).toBe(said.beforeError)
    expect(JSON.stringify(parts.find(({ type }) => type === "error")?.error)).toContain(said.streamError)
  },
})

/** `ai` 7 with @openrouter/ai-sdk-provider. */
export const openRouterAiScenarios: SdkScenarios = scenariosFor(openRouterKit, said.structured)

/** `ai` 6 with @requesty/ai-sdk, which asks for any JSON and keeps the schema to itself. */
export const requestyAiScenarios: SdkScenarios = scenariosFor(requestyKit, said.anyObject)
