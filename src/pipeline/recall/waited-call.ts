import type { ErrorCode, GatewayError } from "../../contract/index.ts"
import { clientClosed } from "../attempt/try.ts"
import type { Exchange } from "../exchange.ts"
import type { SharedCall } from "./types.ts"

/** How the wait for somebody else's call ended: there is an answer, or it came to nothing. */
export type Outcome =
  | { readonly began: true }
  | { readonly began: false; readonly error: GatewayError; readonly own: boolean }

/** What only the one who makes the call can fail with; an equal request of another client may well succeed. */
const ownFailures: ReadonlySet<ErrorCode> = new Set([
  "client_closed",
  "spend_limit_reached",
  "guardrail_budget_reached",
  "project_budget_reached",
  "insufficient_balance",
  "rate_limit_reached",
  "account_restricted",
  "losses_refused",
  "internal",
])

/** One call for several equal requests. The first is its leader: it asks the upstream and pays. */
export class WaitedCall implements SharedCall {
  readonly leader: Exchange
  /** Calls before this one that came to nothing, for the same requests. */
  readonly failures: number
  readonly begun: Promise<Outcome>
  readonly #tell: (outcome: Outcome) => void
  /** Nobody may join any more. */
  readonly over: () => void
  #hasBegun = false
  #followers = 0

  constructor(leader: Exchange, failures: number, over: () => void) {
    this.leader = leader
    this.failures = failures
    this.over = over
    const { promise, resolve } = Promise.withResolvers<Outcome>()
    this.begun = promise
    this.#tell = resolve
  }

  get isAwaited(): boolean {
    return this.#followers > 0
  }

  get waiting(): number {
    return this.#followers
  }

  get isLeft(): boolean {
    return this.leader.inbound.signal.aborted
  }

  /** Waits with the others. Whoever joins leaves, once; when nobody is left, the upstream need not go on. */
  join(): () => void {
    this.#followers += 1
    let joined = true
    return () => {
      if (!joined) return
      joined = false
      this.#followers -= 1
      if (this.#followers > 0 || !this.isLeft) return
      for (const current of this.leader.underWay) current.abort(clientClosed())
    }
  }

  fail(error: GatewayError): void {
    if (this.#hasBegun) return
    this.over()
    this.#tell({ began: false, error, own: ownFailures.has(error.code) })
  }

  protected tellAll(): void {
    this.#hasBegun = true
    this.#tell({ began: true })
  }
}
