/** Work that can be left and gone on with, so that streams are not kept waiting by it. What it returns is its result. */
export type Steps<T> = Generator<undefined, T>

/** Without a pause. */
export function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
  }
}

/** How long a slice may keep everything else waiting. */
const sliceMs = 4

/** Does the work in between other things, a slice in each round of the event loop. `now`: milliseconds. */
export async function inSlices<T>(steps: Steps<T>, now: () => number): Promise<T> {
  for (;;) {
    for (const until = now() + sliceMs; now() < until; ) {
      const { done, value } = steps.next()
      if (done) return value
    }
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** One thing after the other. */
export function* each<T>(items: Iterable<T>, work: (item: T) => void): Steps<void> {
  for (const item of items) {
    work(item)
    yield
  }
}
