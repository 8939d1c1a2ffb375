import type { ChatPart } from "../../contract/index.ts"
import type { PartsAnswer } from "../answer.ts"
import { endAttempt } from "../attempt/end.ts"
import { clientClosed } from "../attempt/try.ts"
import { asFailure } from "../attempt/upstream.ts"
import { settle } from "../settle.ts"
import { WaitedCall } from "./waited-call.ts"

/**
 * A conversation that several wait for. The answer is read as fast as it comes, and everybody, the leader too, is given it from the start,
 * at his own pace. While somebody waits for it, it goes on.
 */
export class Flight extends WaitedCall {
  readonly #parts: ChatPart[] = []
  #leaderLeft = false
  #hasEnded = false
  #thrown: { readonly error: unknown } | undefined
  #waiting: (() => void)[] = []

  override get isLeft(): boolean {
    return this.#leaderLeft || super.isLeft
  }

  /** The answer has begun: reads it to its end, and gives the leader's view of it. */
  begin(answer: PartsAnswer): PartsAnswer {
    this.tellAll()
    const leave = () => this.#leave()
    this.leader.inbound.signal.addEventListener("abort", leave, { once: true })
    if (super.isLeft) leave()
    void this.#read(answer)
    return { ...answer, first: [], parts: this.view(), leave }
  }

  /** All parts, from the first on. */
  view(): AsyncIterator<ChatPart> {
    let at = 0
    const next = async (): Promise<IteratorResult<ChatPart>> => {
      for (;;) {
        const part = this.#parts[at]
        if (part) {
          at += 1
          return { done: false, value: part }
        }
        if (this.#thrown) throw this.#thrown.error
        if (this.#hasEnded) return { done: true, value: undefined }
        await new Promise<void>((resolve) => this.#waiting.push(resolve))
      }
    }
    return { next }
  }

  /** The leader's client is gone. True: others wait, and the call settles itself when it ends. */
  #leave(): boolean {
    if (this.#hasEnded || !this.isAwaited) return false
    this.#leaderLeft = true
    return true
  }

  async #read(answer: PartsAnswer): Promise<void> {
    const { first, parts } = answer
    try {
      for (const part of first) this.#push(part)
      for (let result = await parts.next(); !result.done; result = await parts.next()) this.#push(result.value)
    } catch (error) {
      this.#thrown = { error }
    }
    this.#hasEnded = true
    this.over()
    this.#wake()
    if (this.#leaderLeft) this.#settle(answer)
  }

  #push(part: ChatPart): void {
    this.#parts.push(part)
    this.#wake()
  }

  #wake(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const resolve of waiting) resolve()
  }

  /** Nobody delivers it to the leader any more, who pays for it all the same. */
  #settle({ current }: PartsAnswer): void {
    if (this.leader.settled) return
    const last = this.#parts.at(-1)
    const thrown = this.#thrown?.error ?? (last?.type === "error" ? last.error : undefined)
    endAttempt(current, thrown === undefined ? undefined : asFailure(thrown, current))
    void settle(this.leader, clientClosed())
  }
}
