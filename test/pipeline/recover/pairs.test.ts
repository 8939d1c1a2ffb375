import { afterAll, describe, expect, test } from "bun:test"
import { clients, hear } from "../../kit/clients/all.ts"
import {
  continuingProvider,
  type Ending,
  inputTokens,
  modelOf,
  startContinuing,
  type WireFormat,
  wholeText,
} from "../../kit/continuing.ts"
import { startGateway, type TestGateway } from "../../kit/gateway.ts"
import type { GenerationData } from "../../kit/upstreams.ts"

const formats: readonly WireFormat[] = ["chat", "messages", "gemini"]
const endings: readonly Ending[] = ["close-5", "reset-3", "stall-2", "error-9", "garbage-4"]

interface Case {
  readonly id: string
  readonly first: WireFormat
  readonly ending: Ending
  readonly second: WireFormat
  readonly mark: string
}

const cases: readonly Case[] = clients.flatMap(({ name }) =>
  formats.flatMap((first) =>
    formats.flatMap((second) =>
      endings.map((ending) => {
        const mark = `${name}-${first}-${second}`
        return { id: `test/${mark}-${ending}`, first, ending, second, mark }
      }),
    ),
  ),
)

const upstream = await startContinuing()
const gateway = await startGateway({
  providers: [
    ...formats.map((format) =>
      continuingProvider(
        `first-${format}`,
        format,
        upstream.url,
        cases
          .filter(({ first }) => first === format)
          .map(({ id, ending, mark }) => ({ id, upstream: modelOf(format, ending, mark) })),
      ),
    ),
    ...formats.map((format) =>
      continuingProvider(
        `second-${format}`,
        format,
        upstream.url,
        cases
          .filter(({ second }) => second === format)
          .map(({ id, ending, mark }) => ({ id, upstream: modelOf(format, "whole", `${mark}-${ending}`) })),
      ),
    ),
  ],
  strategy: "configured",
  timeouts: { idle: 0.1 },
  retries: { same_upstream: 0, backoff_ms: 1 },
  routing: { stream_recovery: "continue" },
})
afterAll(async () => {
  await gateway.stop()
  await upstream.stop()
})

interface Recorded extends GenerationData {
  readonly id: string
  readonly attempts: readonly (GenerationData["attempts"][number] & {
    readonly role?: string
    readonly usage?: { input: { fresh: number }; output: { text: number } }
    readonly costNano?: number
  })[]
  readonly losses: readonly (GenerationData["losses"][number] & { readonly code: string })[]
  readonly route: { readonly notes: readonly string[] }
}

const recordOf = async (at: TestGateway, headers: Headers): Promise<Recorded> => {
  const found = await at.get(`/api/v1/generation?id=${headers.get("x-generation-id")}`)
  return ((await found.json()) as { data: Recorded }).data
}

const question = { text: "When does the train leave?", stream: true }

for (const client of clients)
  describe(`a ${client.name} client`, () => {
    for (const { id, first, ending, second } of cases.filter(({ mark }) => mark.startsWith(`${client.name}-`)))
      test(`${first} ${ending}, gone on with by ${second}: one whole answer`, async () => {
        const heard = await hear(gateway, client, { ...question, model: id })
        expect(heard.said).toMatchObject({ text: wholeText, error: undefined })
        const record = await recordOf(gateway, heard.headers)
        expect(record.attempts.map(({ provider, outcome, role }) => [provider, outcome, role])).toEqual([
          [`first-${first}`, "failed", undefined],
          [`second-${second}`, "ok", "continuation"],
        ])
        const costs = record.attempts.map(({ costNano }) => costNano ?? 0)
        expect(costs.every((cost) => cost > 0)).toBe(true)
        expect(Math.round(record.total_cost * 1e9)).toBe(costs[0]! + costs[1]!)
        expect(record.losses.filter(({ code }) => code === "answer_continued")).toHaveLength(1)
        expect(record.route.notes.join()).toContain("went on with it")
        expect(record).toMatchObject({ model: id, status: 200, error_code: null })
        // The second part's input was counted by its upstream, the first's by it or by us: both are in the one usage.
        const inputs = record.attempts.map(({ usage }) => usage!.input.fresh)
        expect(inputs[1]).toBe(inputTokens)
        expect(record.tokens_prompt).toBe(inputs[0]! + inputs[1]!)
        if (heard.said!.tokens) expect(heard.said!.tokens.input).toBe(record.tokens_prompt)
      })
  })
