import { type ChatPart, type GatewayError, outputTokens } from "../../contract/index.ts"
import { affordableOutputTokens, worstCaseNano } from "../../ledger/money.ts"
import type { Try } from "../attempt/try.ts"
import { payerNow } from "./payer.ts"
import { nextPiece, pieceTokens } from "./pieces.ts"
import { noMoney } from "./refusals.ts"
import { worstCaseOf } from "./worst.ts"

/**
 * How many bytes of an answer count as a token here. English has four and more, and other scripts three and less a token of two or more
 * bytes each, so that seldom less is counted than what will be billed.
 */
const bytesPerToken = 3
/** When so much of the latest piece is left, the next one is asked for. */
const leftOver = 1 / 4

/** Watches what passes of an answer that is paid for piece by piece. A part costs a comparison, a piece a hold that grows. */
export class Meter {
  readonly #current: Try
  readonly #mostTokens: number
  #bytes = 0
  #tokens: number
  #askAt: number
  /** Why there is no more; the answer ends here. */
  refusal: GatewayError | undefined

  constructor(current: Try, { tokens, mostTokens }: NonNullable<Try["piece"]>) {
    this.#current = current
    this.#mostTokens = mostTokens
    this.#tokens = tokens
    this.#askAt = nearlyAll(tokens, tokens)
  }

  pass(part: ChatPart): void {
    switch (part.type) {
      case "text-delta":
      case "refusal-delta":
        this.#count(part.text)
        break
      case "reasoning-delta":
        if (part.text !== undefined) this.#count(part.text)
        break
      case "tool-call-delta":
        this.#count(part.arguments)
        break
      case "usage":
        // Thoughts that the client is not shown are in what some vendors count as they go.
        this.#bytes = Math.max(this.#bytes, outputTokens(part.usage) * bytesPerToken)
        this.#look()
    }
  }

  #count(text: string): void {
    this.#bytes += Buffer.byteLength(text)
    this.#look()
  }

  #look(): void {
    while (this.#bytes / bytesPerToken >= this.#askAt && !this.refusal) this.#ask()
  }

  /** The next piece. Refused before this one is used up, it is asked for once more at its end: somebody may have settled by then. */
  #ask(): void {
    const { exchange, offer, measured, price } = this.#current
    const { services, hold } = exchange
    if (!price.price || !hold || this.#tokens >= this.#mostTokens) {
      // Its upstream has the same limit.
      this.#askAt = Number.POSITIVE_INFINITY
      return
    }
    const worst = worstCaseOf(exchange, measured, offer, price.price)
    const now = services.now()
    const payer = payerNow(exchange)
    const heldNano = worstCaseNano(price.price, worst, this.#tokens)
    const available = Math.max(0, services.budgets.available(payer, now))
    const free = affordableOutputTokens(price.price, worst, heldNano + available) - this.#tokens
    const piece = Math.min(nextPiece(Math.max(0, free)), this.#mostTokens - this.#tokens)
    const nano = worstCaseNano(price.price, worst, this.#tokens + piece) - heldNano
    if (piece > 0 && services.budgets.extend(hold, nano, now, payer)) {
      this.#tokens += piece
      this.#current.shareNano += nano
      this.#askAt = nearlyAll(this.#tokens, piece)
    } else if (this.#bytes / bytesPerToken < this.#tokens) this.#askAt = this.#tokens
    else {
      const more = worstCaseNano(price.price, worst, this.#tokens + pieceTokens) - heldNano
      this.refusal = noMoney(exchange, more, "the rest of the answer", payer)
    }
  }
}

const nearlyAll = (tokens: number, piece: number): number => tokens - Math.ceil(piece * leftOver)
