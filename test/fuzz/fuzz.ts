import { mkdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { JsonObject } from "../../src/contract/index.ts"
import { clients } from "../kit/clients/all.ts"
import { type Client, must } from "../kit/clients/client.ts"
import { fakeRegion, fakeToken } from "../kit/fake-bedrock.ts"
import { inferenceKey, startGateway, type TestGateway } from "../kit/gateway.ts"
import { bodiesOf } from "./bodies.ts"
import { type Chance, chanceOf } from "./chance.ts"
import { bodyText, mutated, mutatedBytes, mutatedEvents } from "./mutate.ts"
import {
  type HostileUpstream,
  type Recording,
  record,
  startHostileUpstream,
  type UpstreamFormat,
  upstreamFormats,
} from "./upstream.ts"

/** A plugin that says when the last request that held it has ended. */
const witness = `import { definePlugin, Type } from "signalbox/plugin"
export default definePlugin({
  name: "witness",
  contract: 1,
  options: Type.Object({}),
  setup(_, { log, onDispose }) {
    onDispose(() => log.info("the witness has gone"))
    return { sinks: [{ name: "witness", write: async () => {} }] }
  },
})
`

const price = { input: 3, output: 15 }
const models: Readonly<
  Record<UpstreamFormat, { readonly plugin: string; readonly upstream: string; readonly more?: object }>
> = {
  "chat-completions": { plugin: "openai-compatible", upstream: "m" },
  responses: { plugin: "openai", upstream: "gpt-5.6", more: { options: { prefer_responses: true } } },
  messages: { plugin: "anthropic", upstream: "claude-sonnet-4-5" },
  gemini: { plugin: "google", upstream: "gemini-3-pro" },
  converse: { plugin: "amazon-bedrock", upstream: "amazon.nova-2-lite-v1:0" },
  cohere: { plugin: "cohere", upstream: "command-a-reasoning-08-2025" },
}

const providers = (url: string) =>
  upstreamFormats.map((format) => {
    const { plugin, upstream, more } = models[format]
    const place =
      format === "converse"
        ? {
            api_key: fakeToken,
            options: { region: fakeRegion, endpoints: { runtime: url, mantle: url, agent_runtime: url } },
          }
        : {
            api_key: "k",
            base_url: format === "messages" || format === "gemini" || format === "cohere" ? url : `${url}/v1`,
          }
    return { id: format, plugin, ...place, ...more, models: [{ id: `test/${format}`, upstream, price }] }
  })

export interface Rig {
  readonly gateway: TestGateway
  readonly upstream: HostileUpstream
  readonly recordings: Readonly<Record<UpstreamFormat, readonly Recording[]>>
  /** Throws where a request holds on to money or to plugins. */
  checkReleased(): Promise<void>
  stop(): Promise<void>
}

interface KeyAnswer {
  readonly data: { readonly limit_held: number }
}

/** Looks again and again until it holds; what a client left behind ends a moment later. */
async function until(holds: () => Promise<boolean>, otherwise: string): Promise<void> {
  const latest = Date.now() + 5000
  while (!(await holds())) {
    must(Date.now() < latest, otherwise)
    await new Promise((resolve) => setImmediate(resolve))
  }
}

export async function startRig(): Promise<Rig> {
  const upstream = startHostileUpstream()
  const config = {
    keys: [{ name: "test", key: inferenceKey, limit: 1_000_000 }],
    providers: providers(upstream.url),
    catalog: { refresh_hours: 0 },
    retries: { same_upstream: 0 },
    cooldown: { failures: 1_000_000 },
    timeouts: { first_part: 5, idle: 5, total: 10 },
  }
  const gateway = await startGateway(config)
  const folder = join(gateway.dir, "plugins")
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, "witness.ts"), witness)
  const loaded = await gateway.configure({ ...config, plugins: { use: [{ name: "witness" }] } })
  must(loaded.ok, loaded.problems.join(", "))
  return {
    gateway,
    upstream,
    recordings: await record(),
    async checkReleased() {
      const held = async () => {
        const { data } = (await (await gateway.get("/api/v1/key")).json()) as KeyAnswer
        return data.limit_held
      }
      await until(async () => (await held()) === 0, "money is still held")
      rmSync(join(folder, "witness.ts"))
      must((await gateway.configure(config)).ok, "the configuration is refused")
      await until(
        async () => gateway.logged().includes("the witness has gone"),
        "a request still holds the plugins that it began with",
      )
    },
    async stop() {
      await gateway.stop()
      await upstream.stop()
    },
  }
}

const streamHeaders = { "content-type": "text/event-stream" }

/** What the upstream answers to one request: something like a recording, whole or streamed, asked for or not. */
function hostileAnswer(recording: Recording, stream: boolean, chance: Chance): () => Response {
  const asStream = chance.once(10) ? !stream : stream
  const status = chance.once(25) ? chance.pick([204, 301, 400, 418, 429, 500, 529]) : 200
  if (!asStream) {
    const text = bodyText(mutated(recording.whole, chance), chance)
    return () => new Response(status === 204 ? null : text, { status, headers: { "content-type": "application/json" } })
  }
  const [first] = recording.events
  const isText = typeof first === "string"
  const bytes = isText
    ? Buffer.from(mutatedEvents(recording.events as readonly string[], chance).join(""))
    : Buffer.concat(
        chance.once(2)
          ? shuffled(recording.events as readonly Uint8Array[], chance)
          : (recording.events as readonly Uint8Array[]),
      )
  const body = bytes.length > 0 && (!isText || chance.once(4)) ? mutatedBytes(bytes, chance) : bytes
  const pieces = 1 + chance.below(4)
  return () => new Response(status === 204 ? null : inPieces(body, pieces), { status, headers: streamHeaders })
}

const shuffled = (frames: readonly Uint8Array[], chance: Chance): Uint8Array[] => {
  const out = [...frames]
  const [from] = out.splice(chance.below(out.length), 1)
  if (chance.once(2)) out.splice(chance.below(out.length), 0, from!)
  return out
}

const inPieces = (bytes: Uint8Array, count: number): ReadableStream<Uint8Array> => {
  const size = Math.max(1, Math.ceil(bytes.length / count))
  let at = 0
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close()
      controller.enqueue(bytes.slice(at, at + size))
      at += size
    },
  })
}

export interface Round {
  readonly seed: number
  readonly client: Client
  readonly format: UpstreamFormat
  readonly stream: boolean
  /** What was sent, and what the upstream would have answered. */
  readonly body: string
  readonly upstream: string
}

export class BrokenPromise extends Error {
  override readonly name = "BrokenPromise"
}

async function laneOf(gateway: TestGateway, headers: Headers): Promise<string> {
  const found = await gateway.get(`/api/v1/generation?id=${headers.get("x-generation-id")}`)
  const { data } = (await found.json()) as {
    readonly data?: { readonly attempts: readonly { readonly lane: string }[] }
  }
  return data?.attempts.at(-1)?.lane ?? "none"
}

/** One request with something wrong in it, or to an upstream with something wrong about it. Throws where a promise is broken. */
export async function fuzzOnce(rig: Rig, seed: number): Promise<Round> {
  const chance = chanceOf(seed)
  const [client, format, stream] = [chance.pick(clients), chance.pick(upstreamFormats), chance.once(2)]
  const model = `test/${format}`
  const base = chance.pick(bodiesOf(client, model, stream))
  const isBodyBroken = chance.once(2)
  const body = isBodyBroken ? bodyText(mutated(base, chance), chance) : JSON.stringify(base)
  const recording = chance.pick(rig.recordings[format])
  const answer = isBodyBroken ? () => plainAnswer(recording, stream) : hostileAnswer(recording, stream, chance)
  rig.upstream.answer = answer
  const round: Round = { seed, client, format, stream, body, upstream: await answer().text() }
  const tell = (words: string): never => {
    throw new BrokenPromise(
      `${words}\nseed ${seed}: ${client.name} → ${format}${stream ? ", streamed" : ""}\nbody: ${body.slice(0, 2000)}\nupstream: ${round.upstream.slice(0, 3000)}`,
    )
  }
  const response = await fetch(`${rig.gateway.url}${client.path({ model, text: "", stream })}`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${inferenceKey}` },
    body,
    signal: AbortSignal.timeout(20_000),
  }).catch((error: unknown) => tell(`no answer: ${String(error)}`))
  if (chance.once(15)) {
    // A client that goes away in the middle, or before anything came.
    const reader = response.body?.getReader()
    if (chance.once(2)) await reader?.read()
    await reader?.cancel()
    return round
  }
  const text = await response.text().catch((error: unknown) => tell(`the answer breaks off: ${String(error)}`))
  if (response.status === 500 || /"internal"|fault in signalbox/i.test(text))
    tell(`an internal error: ${response.status} ${text.slice(0, 500)}`)
  try {
    if (response.status !== 200) client.readError(JSON.parse(text) as JsonObject)
    else if (response.headers.get("content-type")?.startsWith("text/event-stream")) client.readStream(text)
    else JSON.parse(text)
  } catch (thrown) {
    const lane = response.status === 200 ? await laneOf(rig.gateway, response.headers) : "none"
    // What an upstream of the client's own format writes is its own business.
    if (lane !== "native") tell(`${response.status} (${lane}): ${String(thrown)}\nanswer: ${text.slice(0, 3000)}`)
  }
  return round
}

const plainAnswer = ({ whole, events }: Recording, stream: boolean): Response =>
  stream
    ? new Response(Buffer.concat(events.map((event) => Buffer.from(event as string))), { headers: streamHeaders })
    : Response.json(whole)
