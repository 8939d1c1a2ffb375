/** Calls of one request that run side by side: enough to be quick, few enough not to meet the vendor's rate limit by itself. */
const lanes = 4

/** Runs `call` over the items in slices of `size`; the results are in the order of the slices. After a failure no further call is begun. */
export const runBatches = async <Item, Result>(
  items: readonly Item[],
  size: number,
  call: (batch: readonly Item[], start: number) => Promise<Result>,
): Promise<readonly Result[]> => {
  const results: Result[] = []
  let next = 0
  let failed = false
  const work = async () => {
    while (!failed && next < items.length) {
      const start = next
      next += size
      try {
        results[start / size] = await call(items.slice(start, start + size), start)
      } catch (thrown) {
        failed = true
        throw thrown
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(lanes, Math.ceil(items.length / size)) }, work))
  return results
}
