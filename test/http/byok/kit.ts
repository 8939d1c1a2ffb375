import { expect } from "bun:test"
import { type Admin, adminOf } from "../../kit/admin.ts"
import { startGateway, type TestGateway } from "../../kit/gateway.ts"

export const ownKey = "sk-operators-own-0123456789"
/** Two dollars a request: a million tokens of input at one dollar, half a million of output at two. */
export const price = { input: 1, output: 2 }
export const costOfOne = 2

/** An upstream that tells which credential it saw. */
export interface Teller {
  readonly url: string
  /** The credentials of the requests that came, in order. */
  readonly seen: string[]
  /** All that came, as text: headers and body. */
  readonly received: () => string
  /** Credentials that are answered with this status. */
  readonly refuse: Map<string, number>
  stop(): void
}

export function startTeller(): Teller {
  const seen: string[] = []
  const refuse = new Map<string, number>()
  let received = ""
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const key = (request.headers.get("authorization") ?? "").replace(/^Bearer /, "")
      seen.push(key)
      const sent = await request.text()
      received += `${JSON.stringify([...request.headers])}\n${sent}\n`
      const status = refuse.get(key)
      if (status !== undefined)
        return Response.json({ error: { message: `Not with ${key}, no.`, type: "x", code: null } }, { status })
      const body = JSON.parse(sent)
      const usage = { prompt_tokens: 1_000_000, completion_tokens: 500_000, total_tokens: 1_500_000 }
      const common = { id: "chatcmpl-1", created: 1, model: body.model }
      if (request.url.endsWith("/embeddings"))
        return Response.json({
          object: "list",
          model: body.model,
          data: [{ object: "embedding", index: 0, embedding: [1, 0] }],
          usage: { prompt_tokens: 1_000_000, total_tokens: 1_000_000 },
        })
      if (!body.stream)
        return Response.json({
          ...common,
          object: "chat.completion",
          choices: [{ index: 0, message: { role: "assistant", content: "Yes." }, finish_reason: "stop" }],
          usage,
        })
      const chunk = (choices: unknown, more = {}) =>
        `data: ${JSON.stringify({ ...common, object: "chat.completion.chunk", choices, ...more })}\n\n`
      const text = [
        chunk([{ index: 0, delta: { role: "assistant", content: "Yes." }, finish_reason: null }]),
        chunk([{ index: 0, delta: {}, finish_reason: "stop" }]),
        chunk([], { usage }),
        "data: [DONE]\n\n",
      ].join("")
      return new Response(text, { headers: { "content-type": "text/event-stream" } })
    },
  })
  return {
    url: `http://127.0.0.1:${server.port}/v1`,
    seen,
    received: () => received,
    refuse,
    stop: () => void server.stop(true),
  }
}

export interface Rig {
  readonly gateway: TestGateway
  readonly admin: Admin
  readonly upstream: Teller
  /** Reloads it with another configuration. */
  configure(config: Readonly<Record<string, unknown>>): Promise<void>
  /** Gives its id. */
  bring(fields: Readonly<Record<string, unknown>>): Promise<string>
  /** A request by this key; the credential that answered it, or the status of the refusal. */
  ask(token: string, more?: Readonly<Record<string, unknown>>): Promise<string | number>
  stop(): Promise<void>
}

/** `vendor` with one credential of the operator's; `bare` with none, at the same upstream. */
export async function startRig(config: Readonly<Record<string, unknown>> = {}): Promise<Rig> {
  const upstream = startTeller()
  const plugin = { plugin: "openai-compatible", base_url: upstream.url }
  const whole = (more: Readonly<Record<string, unknown>>) => ({
    providers: [
      {
        id: "vendor",
        ...plugin,
        api_key: ownKey,
        concurrency: 3,
        models: [
          { id: "test/model", upstream: "model", price },
          { id: "test/other", upstream: "other", price },
        ],
      },
      { id: "bare", ...plugin, models: [{ id: "test/bare", upstream: "bare", price }] },
    ],
    strategy: "configured",
    retries: { backoff_ms: 1 },
    ...more,
  })
  const gateway = await startGateway(whole(config))
  const admin = adminOf(gateway)
  return {
    gateway,
    admin,
    upstream,
    async configure(more) {
      expect(await gateway.configure(whole(more))).toMatchObject({ ok: true })
    },
    async bring(fields) {
      const { data } = await admin.ok("POST", "/api/v1/byok", { provider: "vendor", ...fields })
      return data.id as string
    },
    async ask(token, more = {}) {
      const before = upstream.seen.length
      const response = await gateway.post(
        "/api/v1/chat/completions",
        { model: "test/model", messages: [{ role: "user", content: "Well?" }], max_tokens: 500_000, ...more },
        { authorization: `Bearer ${token}` },
      )
      const text = await response.text()
      if (!response.ok) return response.status
      expect(upstream.seen.length, text).toBeGreaterThan(before)
      return upstream.seen.at(-1) ?? ""
    },
    async stop() {
      await gateway.stop()
      upstream.stop()
    },
  }
}
