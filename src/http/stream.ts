import type { Deadline, Deadlines } from "../pipeline/attempt/deadlines.ts"
import type { Delivery } from "../pipeline/deliver/delivery.ts"

/** Proxies on the way cut connections that are silent for longer; 30 s is a common default. */
export const keepAliveMs = 15_000

const encoder = new TextEncoder()

type Source = Extract<Delivery, { kind: "stream" }>

/** A body that is pulled as fast as the client reads, with `silence` (a comment, or a format's own ping) whenever nothing came for a while. */
export function streamBody(
  source: Source,
  silence: string,
  deadlines: Deadlines,
  silentAlready = false,
): ReadableStream<Uint8Array> {
  const keepAlive = encoder.encode(silence)
  let alive: Deadline | undefined
  const watch = (controller: ReadableStreamDefaultController<Uint8Array>) => {
    alive = deadlines.watch(keepAliveMs, () => {
      controller.enqueue(keepAlive)
      watch(controller)
    })
  }
  const pass = (controller: ReadableStreamDefaultController<Uint8Array>, chunk: Uint8Array | undefined) => {
    if (chunk) {
      alive?.move(keepAliveMs)
      controller.enqueue(chunk)
      return
    }
    alive?.stop()
    controller.close()
  }
  return new ReadableStream<Uint8Array>({
    start(controller) {
      if (silentAlready) controller.enqueue(keepAlive)
      watch(controller)
    },
    // Runs per event: a promise callback instead of an async function.
    pull: (controller) => source.pull().then((chunk) => pass(controller, chunk)),
    cancel() {
      alive?.stop()
      source.cancel()
    },
  })
}
