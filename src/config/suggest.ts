/** Edits (insert, delete, replace, swap of neighbours) that turn one word into the other, case ignored. */
export const editDistance = (left: string, right: string): number => {
  const a = left.toLowerCase()
  const b = right.toLowerCase()
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const line = [row]
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1]
      let best = Math.min(last[column]! + 1, line[column - 1]! + 1, last[column - 1]! + (same ? 0 : 1))
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1])
        best = Math.min(best, before[column - 2]! + 1)
      line.push(best)
    }
    before = last
    last = line
  }
  return last[b.length]!
}

/** The known word that was probably meant; undefined when nothing is near enough to be worth saying. */
export const suggest = (word: string, known: Iterable<string>): string | undefined => {
  const plain = (text: string) => text.toLowerCase().replace(/[-_.\s]/g, "")
  let best: string | undefined
  let bestDistance = Number.POSITIVE_INFINITY
  for (const candidate of known) {
    const distance = plain(candidate) === plain(word) ? 0 : editDistance(word, candidate)
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  if (best === undefined) return undefined
  const allowed = Math.max(1, Math.floor(Math.max(word.length, best.length) / 3))
  return bestDistance <= allowed ? best : undefined
}
