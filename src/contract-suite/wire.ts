import {
  type ChatPart,
  type DecodeSource,
  type Dialect,
  GatewayError,
  isObject,
  type Json,
  type Loss,
  type WireChat,
} from "../contract/index.ts"
import { type ContractCase, chatRequest, demand, demandEqual } from "./case.ts"
import { failureTable, oddTexts, requestCorpus } from "./corpus.ts"

export interface WireSubject {
  readonly id: string
  readonly wire: WireChat
  /** Upstream names of models to try. */
  readonly models: readonly string[]
}

const gatewayErrorOnly = <T>(what: string, task: () => T): T | undefined => {
  try {
    return task()
  } catch (thrown) {
    demand(GatewayError.is(thrown), `${what}: threw ${String(thrown)}`)
    return undefined
  }
}

const sourceOf = ({ wire }: WireSubject, model: string): DecodeSource => {
  let ids = 0
  return {
    model,
    profile: wire.profile(model),
    newId: (prefix) => `${prefix}${ids++}`,
    request: chatRequest({ model }),
  }
}

const classify = ({ id, wire }: WireSubject, failure: Parameters<Dialect["decodeError"]>[0]): GatewayError =>
  wire.classify?.(failure) ?? wire.dialect.decodeError(failure, id)

const ends = (parts: readonly ChatPart[]): boolean =>
  parts.every((part, at) => part.type !== "error" || at === parts.length - 1)

/** Duties of providers whose requests the host sends: all of them pure, no network is touched. */
export const wireCases: readonly ContractCase<WireSubject>[] = [
  {
    name: "endpoint gives an absolute URL and plain headers",
    why: "the host sends exactly there; a wrong URL fails every request",
    run({ wire, models }) {
      for (const model of models) {
        for (const stream of [true, false]) {
          const { url, headers } = wire.endpoint({ model, stream })
          demand(/^https?:\/\/[^/]/.test(url), `the URL of ${model} is ${url}`)
          demand(
            Object.values(headers).every((value) => typeof value === "string"),
            "a header is not a text",
          )
        }
      }
    },
  },
  {
    name: "the model stays inside the URL's path",
    why: "clients choose model names where any name is offered; one must not reach another route or host",
    run({ wire }) {
      const url = (model: string) => new URL(wire.endpoint({ model, stream: true }).url)
      const plain = url("some-model")
      const sly = gatewayErrorOnly("a sly model name", () => url("../../admin?x=#"))
      if (!sly) return
      const [folder = plain.pathname, rest] = plain.pathname.split("some-model")
      const stays = rest === undefined ? sly.pathname === folder : sly.pathname.startsWith(folder)
      demand(sly.origin === plain.origin && stays, `it led to ${sly.href}`)
      demandEqual([...sly.searchParams.keys()], [...plain.searchParams.keys()], "the query for a sly model name")
    },
  },
  {
    name: "every request of the corpus is encoded or refused with a GatewayError",
    why: "an encoder that throws on a rare field is an outage for whoever uses it",
    run({ wire, models }) {
      for (const model of models) {
        for (const [name, request] of Object.entries(requestCorpus)) {
          const losses: Loss[] = []
          const target = { model, profile: wire.profile(model), lose: (loss: Loss) => losses.push(loss) }
          const body = gatewayErrorOnly(`${model}, ${name}`, () => wire.dialect.encodeRequest(request, target))
          demand(body === undefined || isObject(body), `${model}, ${name}: encoded to ${typeof body}`)
          for (const loss of losses)
            demand(loss.path !== "" && loss.reason !== "", `${model}, ${name}: a loss without path or reason`)
        }
      }
    },
  },
  {
    name: "encoding does not change the request, and gives the same again",
    why: "the same request goes to the next upstream after a failure",
    run({ wire, models }) {
      for (const [name, request] of Object.entries(requestCorpus)) {
        const before = structuredClone(request)
        const encode = () =>
          gatewayErrorOnly(name, () =>
            wire.dialect.encodeRequest(request, {
              model: models[0]!,
              profile: wire.profile(models[0]!),
              lose: () => {},
            }),
          )
        demandEqual(encode(), encode(), `${name}, encoded twice`)
        demandEqual(request, before, `${name}, after encoding`)
      }
    },
  },
  {
    name: "fields of another dialect are reported as lost",
    why: "nothing may disappear silently",
    run({ wire, models }) {
      const losses: Loss[] = []
      const target = { model: models[0]!, profile: wire.profile(models[0]!), lose: (loss: Loss) => losses.push(loss) }
      gatewayErrorOnly("foreign fields", () =>
        wire.dialect.encodeRequest(requestCorpus["fields of another dialect"]!, target),
      )
      demand(losses.length > 0, "nothing was reported")
    },
  },
  {
    name: "odd bodies and events never throw anything but a GatewayError",
    why: "upstreams and the proxies before them answer nonsense at times",
    run(subject) {
      for (const text of oddTexts) {
        const model = subject.models[0]!
        const stream = subject.wire.dialect.decodeStream(sourceOf(subject, model))
        const parts = gatewayErrorOnly(`the event ${text}`, () => [...stream.push({ data: text }), ...stream.end()])
        if (parts) demand(ends(parts), `the event ${text}: parts came after an error`)
        let body: Json
        try {
          body = JSON.parse(text) as Json
        } catch {
          continue
        }
        gatewayErrorOnly(`the body ${text}`, () => subject.wire.dialect.decodeReply(body, sourceOf(subject, model)))
      }
    },
  },
  {
    name: "a stream that ends without its end is interrupted",
    why: "half an answer must not look like a whole one",
    run(subject) {
      const stream = subject.wire.dialect.decodeStream(sourceOf(subject, subject.models[0]!))
      const last = stream.end().at(-1)
      demand(last?.type === "error", "an empty stream ended without an error part")
    },
  },
  {
    name: "failures are classified",
    why: "the code decides whether the next upstream is tried and what the client is told",
    run(subject) {
      for (const { name, status, body, headers, codes } of failureTable) {
        const error = classify(subject, { status, body, headers: new Headers(headers) })
        demand(codes.includes(error.code), `${name} (${status}) became ${error.code}, not ${codes.join(" or ")}`)
        if (headers) demandEqual(error.retryAfterMs, 7000, `${name}: the wait`)
      }
    },
  },
]
