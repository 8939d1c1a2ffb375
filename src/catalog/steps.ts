/** Work that can be left and gone on with, so that streams are not kept waiting by it. What it returns is its result. */
export type Steps<T> = Generator<undefined, T>

/** Without a pause. */
export function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
  }
}
