/**
 * Times on a logarithmic scale: eight bins per doubling, so whatever a bin stands for is within 5 per cent of what is in it. Bins of two
 * sums are added like any other number. Stored, so the scale never changes.
 */
const binsPerDoubling = 8
const lastBin = 255

/** 0: below a millisecond; the last one (45 days) takes all that is longer. */
export const binOf = (milliseconds: number): number =>
  milliseconds < 1 ? 0 : Math.min(lastBin, 1 + Math.floor(Math.log2(milliseconds) * binsPerDoubling))

/** The middle of a bin, by proportion. */
export const middleOf = (bin: number): number => (bin === 0 ? 0.5 : 2 ** ((bin - 0.5) / binsPerDoubling))

/** Whole answers have their bins first, then come those of first parts. */
export const binCount = lastBin + 1
export const firstPartBins = binCount

/** Of counts per bin from `start` on, the time that the share `quantile` of them kept to; null where there are none. */
export function quantileOf(counts: ArrayLike<number>, start: number, quantile: number): number | null {
  let total = 0
  for (let bin = 0; bin < binCount; bin += 1) total += counts[start + bin]!
  if (total === 0) return null
  const wanted = Math.max(1, Math.ceil(quantile * total))
  let seen = 0
  for (let bin = 0; bin < binCount; bin += 1) {
    seen += counts[start + bin]!
    if (seen >= wanted) return Math.round(middleOf(bin) * 10) / 10
  }
  return null
}
