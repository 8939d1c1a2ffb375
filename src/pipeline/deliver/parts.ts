import type { ChatPart, GatewayError } from "../../contract/index.ts"
import { usd } from "../../ledger/money.ts"
import type { Answer } from "../answer.ts"
import { clientClosed } from "../attempt/try.ts"
import { asFailure, interrupted } from "../attempt/upstream.ts"
import type { Exchange } from "../exchange.ts"
import { inLastEvent, shownFields } from "../plan/told/metadata.ts"
import { chatRequest } from "../request.ts"
import type { Delivery } from "./delivery.ts"
import { faceFor } from "./face.ts"
import { finish, keep, working } from "./finish.ts"
import { errorContext, identityOf } from "./identity.ts"

const encoder = new TextEncoder()

export async function deliverReply(exchange: Exchange, answer: Extract<Answer, { kind: "parts" }>): Promise<Delivery> {
  const parts: ChatPart[] = []
  try {
    for await (const part of { [Symbol.asyncIterator]: () => answer.parts }) {
      if (part.type === "error") throw part.error
      parts.push(part)
    }
  } catch (thrown) {
    const error = asFailure(thrown, answer.current)
    answer.current.abort(error)
    await finish(exchange, answer, error)
    throw error
  }
  const reply = exchange.client.encodeReply(
    parts,
    identityOf(exchange),
    faceFor(exchange),
    usd(exchange.costNano),
    chatRequest(exchange),
    exchange.lose,
  )
  const text = JSON.stringify(reply)
  await keep(exchange, () => text)
  await finish(exchange, answer)
  const fields = shownFields(exchange)
  return { kind: "whole", text: fields ? JSON.stringify({ ...reply, ...fields }) : text }
}

export function deliverEvents(exchange: Exchange, answer: Extract<Answer, { kind: "parts" }>): Delivery {
  const stream = exchange.client.encodeStream(identityOf(exchange), faceFor(exchange), {
    includeUsage: exchange.fields.includeUsage,
    price: () => usd(exchange.costNano),
    context: errorContext(exchange),
    request: chatRequest(exchange),
    lose: exchange.lose,
  })
  const { parts } = answer
  let ended = false
  const end = async (error?: GatewayError) => {
    ended = true
    const text = stream.end(error)
    if (!error && stream.reply) await keep(exchange, () => JSON.stringify(stream.reply!()))
    await finish(exchange, answer, error)
    const fields = shownFields(exchange, error)
    return encoder.encode(fields ? inLastEvent(text, fields) : text)
  }
  return {
    kind: "stream",
    async pull() {
      while (!ended) {
        try {
          const { done, value } = await parts.next()
          if (done) return await end()
          if (value.type === "error") {
            working(exchange, answer).abort(value.error)
            return await end(value.error)
          }
          const text = stream.push(value)
          if (text !== "") return encoder.encode(text)
        } catch (thrown) {
          return await end(interrupted(asFailure(thrown, working(exchange, answer))))
        }
      }
      return undefined
    },
    cancel() {
      if (ended) return
      if (answer.leave?.()) {
        ended = true
        return
      }
      const gone = clientClosed()
      answer.current.abort(gone)
      for (const each of exchange.underWay) each.abort(gone)
      parts.return?.(undefined)?.catch(() => {})
      void end(clientClosed())
    },
  }
}
