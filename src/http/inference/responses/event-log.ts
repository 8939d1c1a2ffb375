import { createSseDecoder } from "../../../dialects/sse.ts"
import type { Delivery } from "../../../pipeline/deliver/delivery.ts"

type Source = Extract<Delivery, { kind: "stream" }>

const encoder = new TextEncoder()

/** The events of an answer as they were told, for any number of readers, who may come and go while it grows. */
export class EventLog {
  readonly #chunks: Uint8Array[] = []
  #ended = false
  #waiting: (() => void)[] = []

  push(chunk: Uint8Array): void {
    this.#chunks.push(chunk)
    this.#wake()
  }

  end(): void {
    this.#ended = true
    this.#wake()
  }

  /** All of it, from the first event to those to come. Reading stops when the reader leaves; the answer goes on. */
  read(): Source {
    let next = 0
    return {
      kind: "stream",
      pull: async () => {
        while (next >= this.#chunks.length) {
          if (this.#ended) return undefined
          await new Promise<void>((resolve) => this.#waiting.push(resolve))
        }
        return this.#chunks[next++]
      },
      cancel() {},
    }
  }

  /** Only the events behind the one with this number. */
  readAfter(sequence: number): Source {
    const source = this.read()
    const decoder = createSseDecoder()
    let passed = false
    return {
      kind: "stream",
      async pull() {
        for (;;) {
          const chunk = await source.pull()
          if (!chunk || passed) return chunk
          const events = decoder.push(chunk).filter(({ data }) => numberOf(data) > sequence)
          if (events.length === 0) continue
          passed = true
          return encoder.encode(events.map(({ event, data }) => lines(event, data)).join(""))
        }
      },
      cancel: () => source.cancel(),
    }
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake()
  }
}

const lines = (event: string | undefined, data: string): string =>
  `${event === undefined ? "" : `event: ${event}\n`}data: ${data}\n\n`

/** What has no number (the mark of the end) is behind all that have one. */
function numberOf(data: string): number {
  const match = /"sequence_number"\s*:\s*(\d+)/.exec(data)
  return match ? Number(match[1]) : Number.POSITIVE_INFINITY
}
