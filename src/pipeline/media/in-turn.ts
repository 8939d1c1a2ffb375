/** Works on all items, a few at a time; the results are in the items' order. After a failure nothing more is begun. */
export async function inTurn<Item, Result>(
  items: readonly Item[],
  most: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  let next = 0
  const lane = async () => {
    try {
      for (let at = next++; at < items.length; at = next++) results[at] = await work(items[at]!)
    } finally {
      // Also after a failure, of which the others need not know.
      next = items.length
    }
  }
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, lane))
  return results
}
