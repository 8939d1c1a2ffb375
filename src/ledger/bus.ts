import type { Sink } from "../contract/capabilities.ts"
import { messageOf } from "../contract/errors.ts"
import type { GatewayEvent } from "../contract/events.ts"
import type { Logger } from "../contract/plugin.ts"

export interface BusState {
  readonly queued: number
  readonly delivered: number
  /** Failed calls of `write`, counting every try. */
  readonly failures: number
  /** Events that a sink never got: its queue was full, or all tries failed. */
  readonly dropped: number
}

export interface Bus {
  /** Hands an event to every sink of the moment. Returns at once and never throws. */
  publish(event: GatewayEvent): void
  /** Resolves when everything that was published before is delivered or dropped. */
  flush(): Promise<void>
  /** Per sink name. */
  state(): ReadonlyMap<string, BusState>
}

export interface BusOptions {
  /** The sinks of the current roster. */
  readonly sinks: () => readonly Sink[]
  readonly log: Logger
  /** Resolves after so many milliseconds. */
  readonly wait: (ms: number) => Promise<void>
  /** Events that may wait for one sink. Default 10 000. */
  readonly queueEvents?: number
  /** Default 200. */
  readonly batchEvents?: number
  /** Tries per batch. Default 3. */
  readonly tries?: number
  /** Wait before the second try, doubled each time. Default 250. */
  readonly retryMs?: number
}

interface Lane {
  readonly sink: Sink
  queue: GatewayEvent[]
  running: Promise<void> | undefined
  busy: number
  delivered: number
  failures: number
  dropped: number
  /** Its latest try failed. */
  failing: boolean
}

/** News of a failing sink, told to a sink that fails, would make the next news, without end. */
const wouldEcho = (lane: Lane, hook: string): boolean => lane.failing || hook === `sink ${lane.sink.name}.write`

/** A bounded queue per sink, so that one that is slow or down costs the others and the requests nothing. */
export const createBus = (options: BusOptions): Bus => {
  const { queueEvents = 10_000, batchEvents = 200, tries = 3, retryMs = 250 } = options
  const lanes = new Map<Sink, Lane>()

  const deliver = async (lane: Lane, batch: readonly GatewayEvent[]): Promise<void> => {
    for (let attempt = 1; ; attempt += 1)
      try {
        await lane.sink.write(batch)
        lane.failing = false
        lane.delivered += batch.length
        return
      } catch (error) {
        lane.failing = true
        lane.failures += 1
        if (attempt >= tries) {
          lane.dropped += batch.length
          options.log.warn("a sink failed; events are dropped", {
            sink: lane.sink.name,
            events: batch.length,
            reason: messageOf(error),
          })
          return
        }
        await options.wait(retryMs * 2 ** (attempt - 1))
      }
  }
  const run = async (lane: Lane): Promise<void> => {
    // One turn later, so that events of the same moment share a batch and `publish` runs no code of a sink.
    await Promise.resolve()
    while (lane.queue.length > 0) {
      const batch = lane.queue.splice(0, batchEvents)
      lane.busy = batch.length
      await deliver(lane, batch)
      lane.busy = 0
    }
    lane.running = undefined
    forgetGone()
  }
  /** A sink that left the roster keeps its lane until its last event is delivered. */
  const forgetGone = (): void => {
    const live = new Set(options.sinks())
    for (const [sink, lane] of lanes) if (lane.running === undefined && !live.has(sink)) lanes.delete(sink)
  }
  return {
    publish: (event) => {
      for (const sink of options.sinks()) {
        let lane = lanes.get(sink)
        if (lane === undefined) {
          lane = { sink, queue: [], running: undefined, busy: 0, delivered: 0, failures: 0, dropped: 0, failing: false }
          lanes.set(sink, lane)
        }
        if (event.type === "plugin-failed" && wouldEcho(lane, event.hook)) continue
        if (lane.queue.length + lane.busy >= queueEvents) {
          lane.dropped += 1
          continue
        }
        lane.queue.push(event)
        lane.running ??= run(lane)
      }
    },
    flush: async () => {
      await Promise.all([...lanes.values()].map((lane) => lane.running))
    },
    state: () => {
      const states = new Map<string, BusState>()
      for (const { sink, queue, busy, delivered, failures, dropped } of lanes.values())
        states.set(sink.name, { queued: queue.length + busy, delivered, failures, dropped })
      return states
    },
  }
}
