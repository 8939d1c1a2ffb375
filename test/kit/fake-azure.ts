import { isObject, type JsonObject } from "../../src/contract/index.ts"
import { startFakeOpenAi } from "./fake-openai.ts"
import type { ArrivedRequest } from "./wire-server.ts"

export interface FakeAzure {
  /** In place of `https://resource.openai.azure.com`, of Entra, and of the metadata service. */
  readonly url: string
  readonly requests: ArrivedRequest[]
  /** How many tokens were given out. */
  readonly issued: () => number
  /** Milliseconds; what the server thinks it is. */
  now: number
  /** The next requests for tokens are refused with this. */
  refusal: { readonly status: number; readonly body: JsonObject } | undefined
  revoke(): void
  stop(): Promise<void>
}

const safe = { filtered: false, severity: "safe" }
const verdict = { hate: safe, self_harm: safe, sexual: safe, violence: safe }

const error = (status: number, code: string, message: string, more: JsonObject = {}, headers = {}): Response =>
  Response.json({ error: { code, message, ...more } }, { status, headers })

const policyMessage =
  "The response was filtered due to the prompt triggering Azure OpenAI's content management policy. Please modify your prompt and retry."

const failures: Readonly<Record<string, () => Response>> = {
  "filter me": () =>
    error(400, "content_filter", policyMessage, {
      type: null,
      param: "prompt",
      status: 400,
      innererror: {
        code: "ResponsibleAIPolicyViolation",
        content_filter_result: {
          ...verdict,
          violence: { filtered: true, severity: "high" },
          jailbreak: { filtered: true, detected: true },
        },
      },
    }),
  "limit me": () =>
    error(
      429,
      "429",
      "Requests to the ChatCompletions_Create Operation under Azure OpenAI API version 2024-10-21 have exceeded token rate limit of your current OpenAI S0 pricing tier. Please retry after 6 seconds. Please go here: https://aka.ms/oai/quotaincrease if you would like to further increase the default rate limit.",
    ),
  "limit exactly": () =>
    error(429, "RateLimitReached", "Too fast.", {}, { "retry-after-ms": "1500", "retry-after": "2" }),
  "no deployment": () =>
    error(
      404,
      "DeploymentNotFound",
      "The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again.",
    ),
  "out of volume": () =>
    Response.json(
      { statusCode: 403, message: "Out of call volume quota. Quota will be replenished in 02:03:04." },
      { status: 403 },
    ),
}

const event = (data: JsonObject): string => `data: ${JSON.stringify(data)}\n\n`

/** What Azure puts around a stream: the prompt's verdict before it, verdicts on every choice, and one that comes late. */
const withVerdicts = (stream: string): string => {
  const first = {
    choices: [],
    created: 0,
    id: "",
    model: "",
    object: "",
    prompt_filter_results: [{ prompt_index: 0, content_filter_results: verdict }],
  }
  const late = {
    choices: [
      { content_filter_offsets: { check_offset: 0 }, content_filter_results: verdict, finish_reason: null, index: 0 },
    ],
    created: 0,
    id: "",
    model: "",
    object: "",
  }
  const judged = stream.replaceAll(
    '"finish_reason":null',
    `"content_filter_results":${JSON.stringify(verdict)},"finish_reason":null`,
  )
  return event(first) + judged.replace("data: [DONE]", `${event(late)}data: [DONE]`)
}

const routes =
  /^\/(?:api\/projects\/p\/)?openai\/(?:v1\/|deployments\/([^/]+)\/)(chat\/completions|embeddings|responses)$/

/** A strict stand-in for an Azure resource with chat completions and embeddings, for Entra and for the metadata service. */
export const startFakeAzure = async (): Promise<FakeAzure> => {
  const openai = await startFakeOpenAi({ strict: false })
  const valid = new Map<string, number>()
  let count = 0

  const give = (asText: boolean): Response => {
    const token = `entra-token-${++count}`
    valid.set(token, fake.now + 3600_000)
    return Response.json({ access_token: token, token_type: "Bearer", expires_in: asText ? "3600" : 3600 })
  }

  const entra = (form: URLSearchParams): Response => {
    const fields = Object.fromEntries(form)
    const right =
      fields.grant_type === "client_credentials" &&
      fields.client_id === "app-1" &&
      fields.client_secret === "s3cret" &&
      fields.scope === "https://cognitiveservices.azure.com/.default"
    if (right) return give(false)
    const error_description =
      "AADSTS7000215: Invalid client secret provided. Trace ID: 0000 Correlation ID: 1111 Timestamp: 2026-11-20"
    return Response.json({ error: "invalid_client", error_description }, { status: 401 })
  }

  const managed = (query: URLSearchParams, headers: Headers): Response => {
    const right =
      headers.get("metadata") === "true" &&
      query.get("api-version") === "2018-02-01" &&
      query.get("resource") === "https://cognitiveservices.azure.com/" &&
      [null, "identity-1"].includes(query.get("client_id"))
    return right ? give(true) : Response.json({ error: "invalid_request" }, { status: 400 })
  }

  const isAuthorized = (headers: Headers): boolean => {
    const key = headers.get("api-key")
    const [, token = ""] = /^Bearer (.+)$/.exec(headers.get("authorization") ?? "") ?? []
    return key === "azure-key" || (valid.get(token) ?? 0) > fake.now
  }

  const chat = async (body: JsonObject): Promise<Response> => {
    const response = await fetch(`${openai.url}/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: "Bearer k" },
      body: JSON.stringify(body),
    })
    const text = await response.text()
    const type = response.headers.get("content-type") ?? ""
    const headers = { "content-type": type }
    return new Response(type.includes("event-stream") ? withVerdicts(text) : text, { status: response.status, headers })
  }

  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 0,
    async fetch(request) {
      const { pathname: path, search, searchParams } = new URL(request.url)
      const text = await request.text()
      const isEntra = path === "/tenant-1/oauth2/v2.0/token"
      if (isEntra || path === "/metadata/identity/oauth2/token") {
        if (fake.refusal) return Response.json(fake.refusal.body, { status: fake.refusal.status })
        return isEntra ? entra(new URLSearchParams(text)) : managed(searchParams, request.headers)
      }
      const body = JSON.parse(text) as JsonObject
      fake.requests.push({ path: path + search, headers: request.headers, body })
      if (!isAuthorized(request.headers))
        return error(401, "401", "Access denied due to invalid subscription key or wrong API endpoint.")
      const [matched, deployment, route] = routes.exec(path) ?? []
      if (!matched) return error(404, "404", "Resource not found")
      if (deployment !== undefined && !/^\d{4}-\d{2}-\d{2}/.test(searchParams.get("api-version") ?? ""))
        return error(404, "404", "Resource not found")
      const failing = Object.entries(failures).find(([words]) => text.includes(`"${words}`))
      if (failing) return failing[1]()
      if (route === "embeddings") {
        const input = Array.isArray(body.input) ? body.input : []
        const data = input.map((_, index) => ({ object: "embedding", index, embedding: [index, 0.5] }))
        return Response.json({ object: "list", data, model: "m", usage: { prompt_tokens: 7, total_tokens: 7 } })
      }
      if (route === "responses") {
        const untyped =
          Array.isArray(body.input) && body.input.some((item) => isObject(item) && item.type === undefined)
        if (path.startsWith("/api/projects/") && untyped)
          return error(400, "invalid_payload", "Required: input[0].type")
        return error(400, "unsupported", "the fake answers no responses")
      }
      return chat(body)
    },
  })
  const fake: FakeAzure = {
    url: `http://127.0.0.1:${server.port}`,
    requests: [],
    issued: () => count,
    now: 1_790_000_000_000,
    refusal: undefined,
    revoke: () => valid.clear(),
    async stop() {
      await Promise.all([server.stop(true), openai.stop()])
    },
  }
  return fake
}
