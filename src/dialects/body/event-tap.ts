import { GatewayError, type NativeSummary, type NativeTap } from "../../contract/index.ts"
import { EventCutter } from "./event-cutter.ts"
import { fromLatin1 } from "./latin1.ts"

/** What taps of event streams have in common: events pass whole, one after the other; a failure becomes the last one, in the client's format. */
export abstract class EventTap implements NativeTap {
  abstract readonly summary: NativeSummary
  protected readonly cutter = new EventCutter()
  /** Nothing follows what was let through. */
  protected over = false

  /** What the client gets in the place of this event. A GatewayError that is thrown ends the stream. */
  protected abstract event(event: string): string

  /** The last event of a stream that fails; sets `over`. */
  protected abstract fail(error: GatewayError): string

  abstract end(): Uint8Array | undefined

  push(bytes: Uint8Array): Uint8Array | undefined {
    if (this.over) return undefined
    const out = this.guard(() => this.#events(this.cutter.push(bytes)))
    return out === "" ? undefined : fromLatin1(out)
  }

  protected guard(run: () => string): string {
    try {
      return run()
    } catch (thrown) {
      return this.#failed(thrown)
    }
  }

  /** Without a guard of its own for each event: this runs for every token. */
  #events(events: readonly string[]): string {
    let out = ""
    for (const event of events) {
      if (this.over) break
      try {
        out += this.event(event)
      } catch (thrown) {
        out += this.#failed(thrown)
      }
    }
    return out
  }

  #failed(thrown: unknown): string {
    if (!GatewayError.is(thrown)) throw thrown
    return this.fail(thrown)
  }
}
