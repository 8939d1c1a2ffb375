import { type ChatPart, type ChatRequest, GatewayError, type Provider } from "../contract/index.ts"
import { type ContractCase, chatRequest, demand, say } from "./case.ts"
import { demandWellFormed } from "./parts.ts"

type Direct = Provider & { chat: NonNullable<Provider["chat"]> }

/** Names to call a provider by: its own models, or any where it takes every name. */
const modelOf = (provider: Direct): string => provider.models?.[0]?.upstream ?? "any"

async function collect(
  provider: Direct,
  request: ChatRequest,
  signal: AbortSignal = new AbortController().signal,
  model: string = modelOf(provider),
): Promise<ChatPart[]> {
  const parts: ChatPart[] = []
  for await (const part of provider.chat({ model, request, signal, lose: () => {} })) parts.push(part)
  return parts
}

/** Duties of providers that yield parts themselves. */
export const directCases: readonly ContractCase<Direct>[] = [
  {
    name: "a plain answer is well-formed",
    why: "encoders rely on the order of parts; a block left open is an answer that never ends",
    async run(provider) {
      demandWellFormed(await collect(provider, chatRequest()))
    },
  },
  {
    name: "an empty message is answered",
    why: "clients send empty texts; a crash would look like an outage",
    async run(provider) {
      demandWellFormed(await collect(provider, chatRequest({ messages: [say("")] })))
    },
  },
  {
    name: "a whole reply has the same parts as a stream",
    why: "both are one path; a provider that asks for `stream` gives two kinds of answers",
    async run(provider) {
      demandWellFormed(await collect(provider, chatRequest({ stream: false })))
    },
  },
  {
    name: "two calls at once do not mix",
    why: "state shared between calls puts one user's answer into another's",
    async run(provider) {
      const [one, other] = await Promise.all([
        collect(provider, chatRequest({ messages: [say("first of two")] })),
        collect(provider, chatRequest({ messages: [say("second of two")] })),
      ])
      demandWellFormed(one)
      demandWellFormed(other)
    },
  },
  {
    name: "a call that is aborted before it starts answers nothing",
    why: "the client is gone; every token from here on is wasted",
    async run(provider) {
      const parts = await collect(provider, chatRequest(), AbortSignal.abort()).catch(() => [])
      demand(!parts.some((part) => part.type === "finish"), "it answered although the call was aborted")
    },
  },
  {
    name: "an abort in the middle stops it",
    why: "the client is gone; every token from here on is wasted",
    async run(provider) {
      const abort = new AbortController()
      let after = 0
      const call = { model: modelOf(provider), request: chatRequest(), signal: abort.signal, lose: () => {} }
      try {
        for await (const part of provider.chat(call)) {
          if (abort.signal.aborted) after += 1
          if (part.type.endsWith("-delta")) abort.abort()
        }
      } catch {
        // Throwing is how a provider says that it stopped.
      }
      demand(after <= 1, `${after} more parts came after the abort`)
    },
  },
  {
    name: "a failure is a GatewayError",
    why: "only those say whether the next upstream may be tried; anything else counts as a broken plugin",
    async run(provider) {
      try {
        await collect(provider, chatRequest(), undefined, "no-such-model-of-the-contract-suite")
      } catch (thrown) {
        demand(GatewayError.is(thrown), `it threw ${String(thrown)} for an unknown model`)
      }
    },
  },
]
