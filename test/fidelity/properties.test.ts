import { describe, expect, test } from "bun:test"
import fc from "fast-check"
import type {
  ChatPart,
  ChatRequest,
  ClientDialect,
  Dialect,
  Json,
  Loss,
  Profile,
  Tool,
} from "../../src/contract/index.ts"
import {
  chatCompletions,
  chatCompletionsClient,
  createSseDecoder,
  gemini,
  geminiClient,
  geminiProfile,
  messages,
  messagesClient,
  openrouterFace,
  responses,
  responsesClient,
} from "../../src/dialects/index.ts"
import { foldParts } from "../kit/fold-parts.ts"
import { counter } from "../kit/wire-client.ts"
import { answers, requests } from "./generators.ts"

interface Format {
  readonly upstream: Dialect
  readonly client: ClientDialect
  readonly profile: Profile
  /** The tag of this format's own reasoning. */
  readonly reasoning: string
  /** What of a request the format carries; the rest of this function is what it has no words for. */
  carried(request: ChatRequest): ChatRequest
}

const without = <K extends keyof ChatRequest>(request: ChatRequest, ...keys: readonly K[]): ChatRequest =>
  Object.fromEntries(
    Object.entries(request).filter(([key]) => !(keys as readonly string[]).includes(key)),
  ) as unknown as ChatRequest

/** The response format as a format words it that leaves out some of it. */
const formatted = (request: ChatRequest, more: object): ChatRequest =>
  request.responseFormat === undefined
    ? request
    : {
        ...request,
        responseFormat: { ...request.responseFormat, ...more } as NonNullable<ChatRequest["responseFormat"]>,
      }

const withToolNames = (request: ChatRequest): ChatRequest => {
  const calls = request.messages.flatMap(({ content }) => content).filter((part) => part.type === "tool-call")
  const nameOf = (id: string) => calls.find((call) => call.id === id)!.name
  const messages = request.messages.map((message) =>
    message.role === "tool" ? { ...message, name: nameOf(message.callId) } : message,
  )
  return { ...request, messages }
}

const formats: readonly Format[] = [
  {
    upstream: chatCompletions,
    client: chatCompletionsClient,
    profile: { reasoningEcho: "reasoning_details", reasoningFormat: "openrouter" },
    reasoning: "anthropic-claude-v1",
    carried: (request) => request,
  },
  {
    upstream: responses,
    client: responsesClient,
    profile: {},
    reasoning: "openai-responses-v1",
    // There a tool is strict unless it says that it is not, so each one says it.
    carried: (request) => ({
      ...without(request, "stop"),
      tools: request.tools!.map((tool) => ({ ...tool, strict: false }) as Tool),
    }),
  },
  {
    upstream: messages,
    client: messagesClient,
    profile: { nativeSchema: true },
    reasoning: "anthropic-claude-v1",
    // A schema is always kept to; calls one by one are a kind of choice, and the only kind that is said.
    carried: (request) => {
      const isSaid = request.parallelToolCalls === false && request.toolChoice !== "none"
      const asked = isSaid ? request : without(request, "parallelToolCalls")
      const implied = asked.parallelToolCalls === undefined ? {} : { toolChoice: asked.toolChoice ?? "auto" }
      return formatted({ ...asked, ...implied }, { strict: true })
    },
  },
  {
    upstream: gemini,
    client: geminiClient,
    profile: geminiProfile("gemini-3-pro"),
    reasoning: "google-gemini-v1",
    // A schema has no name there, and does not go with a forced call. Results name their tools.
    carried: (request) => {
      const asked = withToolNames(without(request, "parallelToolCalls", "user"))
      const isForced = asked.toolChoice === "required" || typeof asked.toolChoice === "object"
      return formatted(isForced ? without(asked, "responseFormat") : asked, { name: "response" })
    },
  },
]

const settings = { seed: 20261120, numRuns: 150 }
const plain = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json

/** Cuts of one stream in two. */
const mostCuts = 700

const check = <T>(property: fc.IProperty<T>, more: object = {}): void =>
  fc.assert(property, { ...settings, includeErrorInReport: true, ...more })

const identity = { id: "gen-1", model: "up", provider: "acme", providerName: "Acme", createdSeconds: 1_790_000_000 }

for (const { upstream, client, profile, reasoning, carried } of formats)
  describe(client.name, () => {
    test("decodeRequest(encodeRequest(x)) = x, and nothing is reported as lost", () => {
      check(
        fc.property(requests.map(carried), (request) => {
          const losses: Loss[] = []
          const body = upstream.encodeRequest(request, { model: "up", profile, lose: (loss) => losses.push(loss) })
          expect(losses).toEqual([])
          const address = { model: "up", stream: request.stream }
          const { extras: _, ...decoded } = client.decodeRequest(plain(body), address)
          expect(plain(decoded)).toEqual(plain(request))
        }),
      )
    })

    const request: ChatRequest = { model: "up", messages: [], sampling: {}, stream: true }
    const source = () => ({ profile, model: "up", request, newId: counter() })
    const streamOf = (parts: readonly ChatPart[]): string => {
      const encoder = client.encodeStream(identity, openrouterFace, {
        includeUsage: true,
        price: () => 0.5,
        context: { requestId: "req_1" },
        request,
      })
      return parts.map((part) => encoder.push(part)).join("") + encoder.end()
    }
    const read = (chunks: readonly Uint8Array[]): ChatPart[] => {
      const [events, decoder] = [createSseDecoder(), upstream.decodeStream(source())]
      const all = [...chunks.flatMap((chunk) => events.push(chunk)), ...events.end()]
      return [...all.flatMap((event) => decoder.push(event)), ...decoder.end()]
    }
    const bytesOf = (text: string) => new TextEncoder().encode(text)
    const folded = (parts: readonly ChatPart[]) => {
      const { blocks, usage, finish, error } = foldParts(parts)
      // The cost is the gateway's own, and comes back as what this upstream says it was.
      const { reportedCostUsd: _, ...used } = usage!
      return { blocks, used, error, finish: finish.map((part) => part.type === "finish" && part.reason) }
    }

    test("decode(encode(x)) = x for answers, streamed and whole, and each stream equals its folded whole", () => {
      check(
        fc.property(answers(reasoning), (parts) => {
          const expected = folded(parts)
          expect(folded(read([bytesOf(streamOf(parts))]))).toEqual(expected)
          const reply = plain(client.encodeReply(parts, identity, openrouterFace, 0.5, request))
          expect(folded(upstream.decodeReply(reply, source()))).toEqual(expected)
        }),
      )
    })

    test("a stream gives the same parts wherever its bytes are cut", () => {
      check(
        fc.property(answers(reasoning), (parts) => {
          const bytes = bytesOf(streamOf(parts))
          const whole = read([bytes])
          // Each cut reads the whole stream: of a long one some hundred are tried, and every byte alone below.
          const step = Math.ceil(bytes.length / mostCuts)
          for (let at = 1; at < bytes.length; at += step)
            if (!Bun.deepEquals(read([bytes.subarray(0, at), bytes.subarray(at)]), whole)) expect(at).toBe(-1)
          expect(read([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(whole)
        }),
        { numRuns: 3 },
      )
    })
  })
