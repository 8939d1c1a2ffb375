const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

/** How much is done before others get their turn; a list of ten thousand offers would hold up every request for half a second. */
const sliceSize = 250

/** Goes through a long list without standing in anybody's way. */
export async function inSlices<T>(items: readonly T[], work: (item: T) => void): Promise<void> {
  for (let start = 0; start < items.length; start += sliceSize) {
    if (start > 0) await turn()
    for (const item of items.slice(start, start + sliceSize)) work(item)
  }
}
