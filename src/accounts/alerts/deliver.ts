import { type Logger, messageOf } from "../../contract/index.ts"
import type { Due, Firings } from "./firings.ts"
import type { Destination, Sent } from "./types.ts"

/** Waits before the second, third and fourth try. */
export const waitsMs: readonly number[] = [1_000, 4_000, 16_000]

export interface DeliverParts {
  readonly firings: Pick<Firings, "begin" | "end">
  readonly destination: (id: string) => Destination | undefined
  readonly send: (due: Due, destination: Destination) => Promise<Sent>
  readonly clock: { now(): number }
  readonly after: (milliseconds: number, run: () => void) => () => void
  readonly log: Logger
  readonly onEnd: (destination: Destination, outcome: "delivered" | "failed" | "retried") => void
}

/**
 * Tells destinations what was decided: one alert after the other at each, all destinations side by side, so that one that is down keeps
 * nobody else waiting. What is not told when the process ends is in the store.
 */
export class Deliveries {
  readonly #waiting = new Map<string, Due[]>()
  /** Of those that are under way or wait, so that none is taken up twice. */
  readonly #known = new Set<string>()
  readonly #running = new Set<Promise<void>>()
  readonly #cancels = new Set<() => void>()
  #ended = false
  /** Something could not be noted, so that it is still in the store as if nobody had tried. */
  hasLost = false

  constructor(private readonly parts: DeliverParts) {}

  add(due: Due): void {
    const name = nameOf(due)
    if (this.#ended || this.#known.has(name)) return
    this.#known.add(name)
    const queue = this.#waiting.get(due.destinationId)
    if (queue) {
      queue.push(due)
      return
    }
    this.#waiting.set(due.destinationId, [due])
    const run = this.#run(due.destinationId)
    this.#running.add(run)
    void run.finally(() => this.#running.delete(run))
  }

  /** Alerts that somebody is still to be told by this process. */
  get size(): number {
    return this.#known.size
  }

  /** Resolves when what was added before is over, or the end came. */
  async idle(): Promise<void> {
    await Promise.all(this.#running)
  }

  async end(): Promise<void> {
    this.#ended = true
    for (const cancel of this.#cancels) cancel()
    await this.idle()
  }

  async #run(destinationId: string): Promise<void> {
    const queue = this.#waiting.get(destinationId)!
    while (queue.length > 0 && !this.#ended) {
      const due = queue.shift()!
      await this.#deliver(due)
      this.#known.delete(nameOf(due))
    }
    this.#waiting.delete(destinationId)
  }

  async #deliver(first: Due): Promise<void> {
    const { firings, clock, log } = this.parts
    for (let due = first; !this.#ended; due = { ...due, tries: due.tries + 1 }) {
      try {
        const destination = this.parts.destination(due.destinationId)
        if (!destination) {
          await firings.end(
            due,
            { ok: false, retry: false, error: "There is no such destination any more." },
            clock.now(),
          )
          return
        }
        await firings.begin(due, clock.now())
        const sent = await this.parts.send(due, destination)
        // Cut off by the end of the process, which is nobody's failure: the next one goes on.
        if (this.#ended && !sent.ok) return
        const wait = sent.retry ? waitsMs[due.tries] : undefined
        await firings.end(due, { ...sent, retry: wait !== undefined }, clock.now())
        this.parts.onEnd(destination, sent.ok ? "delivered" : wait === undefined ? "failed" : "retried")
        if (sent.ok) return
        const told = { destination: destination.name, alert: due.alert.id, error: sent.error }
        if (wait === undefined) {
          log.error("an alert could not be delivered", told)
          return
        }
        log.warn("an alert is sent again", told)
        await this.#wait(wait)
      } catch (thrown) {
        // The store cannot be written. It is taken up again from there by whoever looks next.
        this.hasLost = true
        log.warn("the delivery of an alert cannot be noted", { alert: due.alert.id, error: messageOf(thrown) })
        return
      }
    }
  }

  #wait(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.#cancels.delete(end)
        resolve()
      }
      const cancel = this.parts.after(milliseconds, done)
      const end = () => {
        cancel()
        done()
      }
      this.#cancels.add(end)
    })
  }
}

const nameOf = ({ alert, destinationId }: Due): string => `${alert.id} ${destinationId}`
