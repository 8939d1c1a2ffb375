import type { JsonObject } from "../../src/contract/index.ts"
import { clients } from "./clients/all.ts"
import { type ContinuingUpstream, continuingProvider, modelOf, startContinuing, type WireFormat } from "./continuing.ts"
import { startGateway, type TestGateway } from "./gateway.ts"
import type { GenerationData } from "./upstreams.ts"
import { type FakeAnswer, type FakeUpstream, startWireServer } from "./wire-server.ts"

export const chat = clients.find(({ name }) => name === "chat-completions")!
export const question = { model: "test/model", text: "When does the train leave?", stream: true }

/** What a test opens is closed behind it. */
export type Opened = (() => unknown)[]

export const closeAll = async (opened: Opened): Promise<void> => {
  for (const close of opened.splice(0).reverse()) await close()
}

export interface Offered {
  readonly format: WireFormat
  /** The upstream's own name of the model. */
  readonly upstream: string
}

/** `p0`, `p1` … all offer `test/model`. */
export async function recoveryRig(
  opened: Opened,
  offered: readonly Offered[],
  config: object = {},
): Promise<{ readonly gateway: TestGateway; readonly upstream: ContinuingUpstream }> {
  const upstream = await startContinuing()
  const gateway = await startGateway({
    providers: offered.map(({ format, upstream: name }, index) =>
      continuingProvider(`p${index}`, format, upstream.url, [{ id: "test/model", upstream: name }]),
    ),
    strategy: "configured",
    timeouts: { idle: 0.1 },
    retries: { same_upstream: 0, backoff_ms: 1 },
    routing: { stream_recovery: "continue" },
    ...config,
  })
  opened.push(
    () => upstream.stop(),
    () => gateway.stop(),
  )
  return { gateway, upstream }
}

export const offer = (format: WireFormat, ending: Parameters<typeof modelOf>[1], mark = ""): Offered => ({
  format,
  upstream: modelOf(format, ending, mark),
})

export interface Recorded extends GenerationData {
  readonly attempts: readonly (GenerationData["attempts"][number] & {
    readonly role?: string
    readonly costNano?: number
  })[]
  readonly losses: readonly (GenerationData["losses"][number] & { readonly code: string })[]
}

export const recordOf = async (gateway: TestGateway, headers: Headers): Promise<Recorded> => {
  const found = await gateway.get(`/api/v1/generation?id=${headers.get("x-generation-id")}`)
  return ((await found.json()) as { data: Recorded }).data
}

export const tried = ({ attempts }: Recorded) =>
  attempts.map(({ provider, outcome, role }) => [provider, outcome, role].join(" ").trim())

export const event = (delta: JsonObject, finish: string | null = null) =>
  `data: ${JSON.stringify({ id: "up", object: "chat.completion.chunk", created: 1, model: "m", choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`
export const call = (index: number, args: string, name?: string) =>
  event({
    tool_calls: [
      {
        index,
        ...(name
          ? { id: `call_${index}`, type: "function", function: { name, arguments: args } }
          : { function: { arguments: args } }),
      },
    ],
  })
export const done = "data: [DONE]\n\n"

/** Answers in turn, each from an upstream of its own. */
export async function scriptedRig(
  opened: Opened,
  answers: readonly FakeAnswer[],
  config: object = {},
  options: object = {},
) {
  const servers: FakeUpstream[] = answers.map((answer) => startWireServer(() => answer))
  const gateway = await startGateway({
    providers: servers.map(({ url }, index) => ({
      id: `p${index}`,
      plugin: "openai-compatible",
      base_url: `${url}/v1`,
      api_key: "k",
      options,
      models: [{ id: "test/model", upstream: `m${index}`, price: { input: 1, output: 2 } }],
    })),
    strategy: "configured",
    timeouts: { idle: 0.15, first_part: 0.4 },
    retries: { same_upstream: 0, backoff_ms: 1 },
    routing: { stream_recovery: "continue" },
    ...config,
  })
  opened.push(() => gateway.stop(), ...servers.map((server) => () => server.stop()))
  return { gateway, servers }
}
export const cut = (...events: readonly string[]): FakeAnswer => ({ events, end: "close" })
