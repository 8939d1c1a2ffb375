import { type FakeOpenAi, startFakeOpenAi } from "./fake-openai.ts"
import { startGateway, type TestGateway } from "./gateway.ts"

/** A gateway in front of fake upstreams that all offer `test/model`; each one's scenario is the name of its upstream model. */
export interface Rig {
  readonly gateway: TestGateway
  readonly fakes: readonly FakeOpenAi[]
  stop(): Promise<void>
}

export const price = { input: 1, output: 2 }

/** One provider per scenario: `p0`, `p1` …, tried in this order. */
export async function startRig(
  scenarios: readonly string[],
  config: Readonly<Record<string, unknown>> = {},
): Promise<Rig> {
  const fakes = await Promise.all(scenarios.map(() => startFakeOpenAi({ strict: false })))
  const providers = scenarios.map((upstream, index) => ({
    id: `p${index}`,
    plugin: "openai-compatible",
    base_url: fakes[index]!.url,
    api_key: `upstream-secret-${index}`,
    models: [{ id: "test/model", upstream, price }],
  }))
  // All cost the same, and would share requests evenly; tests count on who is first.
  const gateway = await startGateway({ providers, retries: { backoff_ms: 1 }, strategy: "configured", ...config })
  return {
    gateway,
    fakes,
    async stop() {
      await gateway.stop()
      await Promise.all(fakes.map((fake) => fake.stop()))
    },
  }
}

export const ask = (content: string, more: Readonly<Record<string, unknown>> = {}) => ({
  model: "test/model",
  messages: [{ role: "user", content }],
  ...more,
})

interface ErrorBody {
  readonly error: { readonly code: string; readonly message: string; readonly param: string | null }
}

export const errorOf = async (response: Response): Promise<ErrorBody["error"]> =>
  ((await response.json()) as ErrorBody).error

/** The record of a finished request as the API shows it. */
export async function generationOf(gateway: TestGateway, response: Response): Promise<GenerationData> {
  const found = await gateway.get(`/api/v1/generation?id=${response.headers.get("x-generation-id")}`)
  return ((await found.json()) as { data: GenerationData }).data
}

export interface GenerationData {
  readonly model: string
  readonly status: number
  readonly cancelled: boolean
  readonly error_code: string | null
  readonly total_cost: number
  readonly usage_estimated: boolean
  readonly finish_reason: string | null
  readonly tokens_prompt: number
  readonly tokens_completion: number
  readonly attempts: readonly {
    readonly provider: string
    readonly status: number
    readonly outcome: string
    readonly code?: string
    readonly lane: string
  }[]
  readonly losses: readonly { readonly path: string; readonly action: string; readonly reason: string }[]
}
