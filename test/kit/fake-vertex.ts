import { decodeProtectedHeader, exportJWK, exportPKCS8, generateKeyPair, importJWK, jwtVerify } from "jose"
import { isObject, type Json, type JsonObject } from "../../src/contract/index.ts"
import { startFakeAnthropic } from "./fake-anthropic.ts"
import { startFakeGemini } from "./fake-gemini.ts"
import { startFakeOpenAi } from "./fake-openai.ts"
import type { ArrivedRequest } from "./wire-server.ts"

export const project = "acme-prod"
export const email = "gateway@acme-prod.iam.gserviceaccount.com"

export interface FakeVertex {
  /** In place of `https://host`. */
  readonly url: string
  /** The content of a key file whose tokens come from this server. */
  readonly keyFile: JsonObject
  /** What arrived at the models' routes. */
  readonly requests: ArrivedRequest[]
  /** How many tokens were given out. */
  readonly issued: () => number
  /** Milliseconds; what the server thinks it is. */
  now: number
  /** The next requests for tokens are refused with this. */
  refusal: { readonly status: number; readonly body: JsonObject | string } | undefined
  /** Holds answers to requests for tokens until it is released. */
  hold: Promise<void> | undefined
  /** Every token that was given out is worth nothing any more. */
  revoke(): void
  stop(): Promise<void>
}

const refuse = (code: number, status: string, message: string): Response =>
  Response.json({ error: { code, message, status } }, { status: code })

const invalid = (message: string): Response => refuse(400, "INVALID_ARGUMENT", message)

const some = (value: Json | undefined, wrong: (object: JsonObject) => boolean): boolean => {
  if (Array.isArray(value)) return value.some((item) => some(item, wrong))
  return isObject(value) && (wrong(value) || Object.values(value).some((inner) => some(inner, wrong)))
}

/** What Vertex AI refuses of generateContent that AI Studio takes. */
const refuseGemini = (body: JsonObject): string | undefined => {
  for (const name of ["serviceTier", "service_tier", "model"])
    if (body[name] !== undefined) return `Invalid JSON payload received. Unknown name "${name}": Cannot find field.`
  const contents = Array.isArray(body.contents) ? body.contents.filter(isObject) : []
  if (contents.some(({ role }) => role === undefined)) return "Please use a valid role: user, model."
  const numbered = (part: JsonObject) =>
    ["functionCall", "functionResponse"].some((key) => isObject(part[key]) && part[key].id !== undefined)
  return some(contents, numbered) ? "Unknown name \"id\" at 'contents.parts': Cannot find field." : undefined
}

/** What it refuses of the Messages API. */
const refuseClaude = (body: JsonObject): string | undefined => {
  if (body.anthropic_version !== "vertex-2023-10-16") return "anthropic_version: Field required"
  if (body.model !== undefined) return "model: Extra inputs are not permitted"
  if (some(body.messages, ({ type, url }) => type === "url" && url !== undefined))
    return "source: URL sources are not supported"
  if (some(body.tools, ({ strict }) => strict === true)) return "tools.0.strict: Extra inputs are not permitted"
  const config = isObject(body.output_config) ? body.output_config : {}
  return config.format === undefined ? undefined : "output_config.format: Extra inputs are not permitted"
}

const place = `projects/${project}/locations/([a-z0-9-]+)`
const routes = {
  gemini: new RegExp(`^/v1beta1/${place}/(?:publishers/google/models/([^/:]+)|endpoints/(\\d+)):(\\w+)$`),
  claude: new RegExp(`^/v1/${place}/publishers/anthropic/models/([^/:]+):(rawPredict|streamRawPredict)$`),
  open: new RegExp(`^/v1/${place}/endpoints/openapi/chat/completions$`),
  express: /^\/v1\/publishers\/google\/models\/([^/:]+):(\w+)$/,
}

const firstVector = (text: Json | undefined): number[] => [String(text).length, 0.5, -0.25]

const predictions = (model: string, body: JsonObject): Response => {
  const instances = Array.isArray(body.instances) ? body.instances.filter(isObject) : []
  const parameters = isObject(body.parameters) ? body.parameters : {}
  if (model.startsWith("imagen"))
    return Response.json({
      predictions: Array.from({ length: Number(parameters.sampleCount ?? 1) }, () => ({
        bytesBase64Encoded: "iVBORw0KGgo=",
        mimeType: "image/png",
      })),
    })
  if (model.startsWith("gemini-embedding-001") && instances.length > 1) return invalid("Only one instance is supported")
  return Response.json({
    predictions: instances.map(({ content }) => ({
      embeddings: {
        values: firstVector(content),
        statistics: { token_count: String(content).length, truncated: false },
      },
    })),
  })
}

const embedded = (body: JsonObject): Response => {
  const content = isObject(body.content) ? body.content : {}
  const parts = Array.isArray(content.parts) ? content.parts.filter(isObject) : []
  return Response.json({ embedding: { values: firstVector(parts[0]?.text) }, usageMetadata: { promptTokenCount: 4 } })
}

const failures: Readonly<Record<string, Response>> = {
  "spend cap": refuse(429, "RESOURCE_EXHAUSTED", "Your project has exceeded its monthly spending cap."),
  "day quota": Response.json(
    {
      error: {
        code: 429,
        message: "Quota exceeded for aiplatform.googleapis.com",
        status: "RESOURCE_EXHAUSTED",
        details: [
          {
            "@type": "type.googleapis.com/google.rpc.QuotaFailure",
            violations: [{ quotaId: "RequestsPerDayPerProject" }],
          },
        ],
      },
    },
    { status: 429 },
  ),
  "error list": Response.json(
    [{ error: { code: 503, message: "The service is unavailable.", status: "UNAVAILABLE" } }],
    {
      status: 503,
    },
  ),
}

/**
 * A strict stand-in for Vertex AI and for the places that give tokens for it. What it takes is answered by the fakes of the three formats,
 * which have rules and scenarios of their own; the first words `spend cap`, `day quota` and `error list` fail before that.
 */
export const startFakeVertex = async (): Promise<FakeVertex> => {
  const [gemini, anthropic, openai] = [
    startFakeGemini(),
    startFakeAnthropic(),
    await startFakeOpenAi({ strict: false }),
  ]
  const { publicKey, privateKey } = await generateKeyPair("RS256", { extractable: true })
  const verifyKey = await importJWK(await exportJWK(publicKey), "RS256")
  const valid = new Map<string, number>()
  let count = 0

  const give = (): Response => {
    const token = `ya29.fake-token-${++count}`
    valid.set(token, fake.now + 3600_000)
    return Response.json({ access_token: token, expires_in: 3599, token_type: "Bearer" })
  }

  const exchange = async (form: URLSearchParams): Promise<Response> => {
    if (form.get("grant_type") === "refresh_token")
      return form.get("refresh_token") === "refresh-me"
        ? give()
        : Response.json({ error: "invalid_grant" }, { status: 400 })
    const assertion = form.get("assertion") ?? ""
    try {
      const { payload } = await jwtVerify(assertion, verifyKey, {
        issuer: email,
        audience: `${fake.url}/token`,
        algorithms: ["RS256"],
        currentDate: new Date(fake.now),
        requiredClaims: ["iat", "exp", "scope"],
      })
      const right =
        form.get("grant_type") === "urn:ietf:params:oauth:grant-type:jwt-bearer" &&
        payload.scope === "https://www.googleapis.com/auth/cloud-platform" &&
        (payload.exp ?? 0) - (payload.iat ?? 0) <= 3600 &&
        decodeProtectedHeader(assertion).kid === "key-1"
      if (right) return give()
    } catch {
      // Told below in Google's words.
    }
    return Response.json({ error: "invalid_grant", error_description: "Invalid JWT Signature." }, { status: 400 })
  }

  const forward = (url: string, body: JsonObject, headers: Readonly<Record<string, string>>): Promise<Response> =>
    fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    })

  const google = (model: string, verb: string, search: string, body: JsonObject): Response | Promise<Response> => {
    if (verb === "predict") return predictions(model, body)
    if (verb === "embedContent") return embedded(body)
    const refusal = refuseGemini(body)
    if (refusal) return invalid(refusal)
    if (verb === "countTokens")
      return body.safetySettings === undefined ? Response.json({ totalTokens: 31 }) : invalid("Unknown name")
    return forward(`${gemini.url}/v1beta/models/${model}:${verb}${search}`, body, { "x-goog-api-key": "k" })
  }

  const claude = (
    model: string,
    verb: string,
    body: JsonObject,
    betas: string | null,
  ): Response | Promise<Response> => {
    if (model === "count-tokens")
      return typeof body.model === "string" && body.max_tokens === undefined
        ? Response.json({ input_tokens: 17 })
        : invalid("max_tokens: Extra inputs are not permitted")
    const refusal = refuseClaude(body)
    if (refusal)
      return Response.json(
        { type: "error", error: { type: "invalid_request_error", message: refusal } },
        { status: 400 },
      )
    if ((verb === "streamRawPredict") !== (body.stream === true)) return invalid("stream does not fit the verb")
    const { anthropic_version: _, ...rest } = body
    return forward(
      `${anthropic.url}/v1/messages`,
      { model, ...rest },
      { "x-api-key": "k", "anthropic-version": "2023-06-01", ...(betas === null ? {} : { "anthropic-beta": betas }) },
    )
  }

  const answer = (path: string, search: string, body: JsonObject, headers: Headers): Response | Promise<Response> => {
    const failing = Object.entries(failures).find(([words]) => JSON.stringify(body).includes(`"${words}`))
    if (failing) return failing[1].clone()
    const [, , model, tuned, verb = ""] = routes.gemini.exec(path) ?? []
    if (model ?? tuned) return google(decodeURIComponent(model ?? "gemini-2.5-flash"), verb, search, body)
    const [, , named, predict = ""] = routes.claude.exec(path) ?? []
    if (named) return claude(decodeURIComponent(named), predict, body, headers.get("anthropic-beta"))
    if (routes.open.test(path)) return forward(`${openai.url}/chat/completions`, body, { authorization: "Bearer k" })
    return refuse(404, "NOT_FOUND", `unknown path ${path}`)
  }

  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 0,
    async fetch(request) {
      const { pathname: path, search } = new URL(request.url)
      const text = await request.text()
      const isMetadata = path === "/computeMetadata/v1/instance/service-accounts/default/token"
      if (path === "/token" || isMetadata) {
        await fake.hold
        const { refusal } = fake
        if (refusal)
          return typeof refusal.body === "string"
            ? new Response(refusal.body, { status: refusal.status })
            : Response.json(refusal.body, { status: refusal.status })
        if (!isMetadata) return exchange(new URLSearchParams(text))
        return request.headers.get("metadata-flavor") === "Google"
          ? give()
          : new Response("Missing header", { status: 403 })
      }
      const body = JSON.parse(text) as JsonObject
      fake.requests.push({ path: path + search, headers: request.headers, body })
      const [, model, verb = ""] = routes.express.exec(path) ?? []
      if (model) {
        if (request.headers.get("x-goog-api-key") !== "express-key") return refuse(401, "UNAUTHENTICATED", "no API key")
        return google(decodeURIComponent(model), verb, search, body)
      }
      const [, token = ""] = /^Bearer (.+)$/.exec(request.headers.get("authorization") ?? "") ?? []
      if (token !== "ready-token" && (valid.get(token) ?? 0) <= fake.now)
        return refuse(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.")
      return answer(path, search, body, request.headers)
    },
  })
  const url = `http://127.0.0.1:${server.port}`
  const fake: FakeVertex = {
    url,
    keyFile: {
      type: "service_account",
      project_id: project,
      private_key_id: "key-1",
      private_key: await exportPKCS8(privateKey),
      client_email: email,
      token_uri: `${url}/token`,
    },
    requests: [],
    issued: () => count,
    now: 1_790_000_000_000,
    refusal: undefined,
    hold: undefined,
    revoke: () => valid.clear(),
    async stop() {
      await Promise.all([server.stop(true), gemini.stop(), anthropic.stop(), openai.stop()])
    },
  }
  return fake
}
