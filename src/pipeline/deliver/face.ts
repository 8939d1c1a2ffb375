import { type BroughtCost, emptyUsage, type Face, type Usage } from "../../contract/index.ts"
import { costNano, usd } from "../../ledger/money.ts"
import type { Running } from "../attempt/running.ts"
import type { Exchange } from "../exchange.ts"

/** The face of a request, which tells whose credential answered where somebody brought one. */
export function faceFor(exchange: Exchange, of?: Running): Face {
  const { face } = exchange.inbound
  if (!exchange.standing.brought) return face
  return {
    ...face,
    usage: (usage, costUsd) =>
      face.usage(usage, costUsd, broughtCost(exchange, of ?? exchange.answering, usage, costUsd)),
  }
}

function broughtCost(
  exchange: Exchange,
  current: Running | undefined,
  { output }: Usage,
  costUsd: number,
): BroughtCost | undefined {
  if (!current || !exchange.isBroughtWith(current)) return undefined
  const { request: _, perUnit: __, ...price } = current.price.price ?? { input: 0, output: 0 }
  // An upstream that names its cost names no halves. What is billed by request and by piece is no part of the answer's tokens.
  const halved = current.priceSource === "upstream" ? 0 : usd(costNano({ ...emptyUsage, output }, price))
  const completionUsd = Math.min(costUsd, halved)
  return { promptUsd: costUsd - completionUsd, completionUsd }
}
