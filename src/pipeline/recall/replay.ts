import { type ChatPart, emptyUsage, type Price, type Provider } from "../../contract/index.ts"
import type { PartsAnswer } from "../answer.ts"
import { Try } from "../attempt/try.ts"
import type { Exchange } from "../exchange.ts"
import { commit } from "../lanes/commit.ts"
import type { LiveOffer } from "../services.ts"
import type { Recalled } from "./types.ts"

/** Known to cost nothing, which is not the same as having no known price. */
const free: Price = { input: 0, output: 0 }
const noDeadlines = { connectMs: 0, firstPartMs: 0, idleMs: 0, totalMs: 0 }
/** No upstream is asked, so no upstream's health hears of it. */
const nobody = { answered() {}, spoke() {}, ended() {} }
const nothing: Provider = {}

/** The offer in whose place a remembered answer stands: its model and its name, without a way to an upstream. */
const rememberedOffer = (offer: LiveOffer): LiveOffer => ({
  ...offer,
  provider: "cache",
  price: free,
  priceSource: "config",
  configPrice: free,
  key: "cache/recall",
  wires: [],
  live: {
    ...offer.live,
    id: "cache",
    definition: "cache",
    provider: nothing,
    timeouts: noDeadlines,
  },
})

/** An attempt that asks nobody, costs nothing, and has answered already. Whoever gets it ends it. */
export function recalledTry(exchange: Exchange, made: LiveOffer, recalled: Recalled): Try {
  const offer = rememberedOffer(made)
  const current = new Try(exchange, { offer, visit: nobody, slot: 0, credential: undefined, queuedMs: undefined }, 0)
  current.lane = "direct"
  current.price = { source: "config", price: free }
  exchange.recalled = recalled
  // The conversation stays where its prompt is cached.
  exchange.isSticky = false
  commit(current)
  return current
}

/** A remembered answer as parts, with what must not be there twice made anew. */
export function replay(exchange: Exchange, current: Try, parts: AsyncIterator<ChatPart>): PartsAnswer {
  const ids = new FreshIds(exchange.services.newToken)
  const next = async (): Promise<IteratorResult<ChatPart>> => {
    for (;;) {
      const result = await parts.next()
      if (result.done) return result
      const part = anew(result.value, ids)
      if (part) return { done: false, value: part }
    }
  }
  const end = async (): Promise<IteratorResult<ChatPart>> => {
    await parts.return?.()
    return { done: true, value: undefined }
  }
  const free: PartsAnswer = { kind: "parts", current, first: [], parts: { next, return: end } }
  return free
}

/** What a whole answer gives, one after the other. */
export async function* each(parts: readonly ChatPart[]): AsyncGenerator<ChatPart> {
  yield* parts
  if (!parts.some(({ type }) => type === "usage")) yield { type: "usage", usage: emptyUsage }
}

function anew(part: ChatPart, ids: FreshIds): ChatPart | undefined {
  switch (part.type) {
    case "start": {
      // The upstream's id is that of the answer it made.
      const { id: _, ...rest } = part
      return rest
    }
    case "tool-call-start":
      return { ...part, id: ids.of(part.id) }
    case "usage":
      return { type: "usage", usage: emptyUsage }
    default:
      return part
  }
}

/** Mistral's ids, and room enough for no two to be alike. */
const shortest = 9
/** Moonshot's models count their calls, and read the counts that come back. */
const counted = /^functions\..+:\d+$/

/**
 * Calls of tools are answered by their ids: a conversation that holds one answer twice must not hold one id twice. A new one has the form
 * of the old one, because some vendors are particular. Ids of reasoning stay: vendors seal them into what they encrypt.
 */
class FreshIds {
  readonly #newToken: () => string
  readonly #given = new Map<string, string>()

  constructor(newToken: () => string) {
    this.#newToken = newToken
  }

  of(id: string): string {
    const known = this.#given.get(id)
    if (known !== undefined) return known
    const [, front = "", own = ""] = /^(.*[_-])?(.*)$/s.exec(id) ?? []
    const length = Math.max(shortest, own.length)
    let fresh = ""
    while (fresh.length < length) fresh += this.#newToken()
    const made = counted.test(id) ? id : front + fresh.slice(0, length)
    this.#given.set(id, made)
    return made
  }
}
