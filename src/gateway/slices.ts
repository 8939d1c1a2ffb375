import type { Steps } from "../catalog/steps.ts"

/** How long a slice may keep everything else waiting. */
const sliceMs = 4

/** Does the work in between other things, a slice in each round of the event loop. */
export async function inSlices<T>(steps: Steps<T>, now: () => number = () => performance.now()): Promise<T> {
  for (;;) {
    for (const until = now() + sliceMs; now() < until; ) {
      const { done, value } = steps.next()
      if (done) return value
    }
    await new Promise((resolve) => setImmediate(resolve))
  }
}
