import type { Percentiles } from "./types.ts"

/** Five minutes (openrouter.ai, provider routing: percentiles of a rolling window). */
const slices = 6
const sliceMs = 50_000
const buckets = 64
const fullest = 65_535
/** Share of the newest sample in the mean of late: after three of them half of it is theirs. */
const newest = 0.2

/**
 * Percentiles of the last five minutes from counts on a logarithmic scale: 1 KB however many samples there are, and an error of an eighth
 * at most, which is less than what one request differs from the next.
 */
export class Samples {
  readonly #least: number
  /** Logarithm of the ratio between the two ends of a bucket. */
  readonly #width: number
  readonly #cells = new Uint16Array(slices * buckets)
  readonly #sums = new Uint32Array(buckets)
  #count = 0
  #latest = -1
  #recent: number | undefined

  /** What is outside of the two ends counts as the end. */
  constructor(least: number, most: number) {
    this.#least = least
    this.#width = Math.log(most / least) / buckets
  }

  add(now: number, value: number): void {
    this.#roll(now)
    const place = Math.floor(Math.log(value / this.#least) / this.#width)
    const bucket = Math.max(0, Math.min(buckets - 1, place))
    const cell = (this.#latest % slices) * buckets + bucket
    // A full cell has seen enough.
    if (this.#cells[cell] === fullest) return
    this.#cells[cell]! += 1
    this.#sums[bucket]! += 1
    this.#count++
    this.#recent = this.#recent === undefined ? value : this.#recent + newest * (value - this.#recent)
  }

  /** A mean in which later samples count more; undefined = no samples. */
  recent(now: number): number | undefined {
    this.#roll(now)
    if (this.#count === 0) this.#recent = undefined
    return this.#recent
  }

  /**
   * Undefined = no samples. `fewer`: what the share reached at least, where less is worse: nine of ten answers were as fast as `p90`.
   */
  percentiles(now: number, worse: "more" | "fewer" = "more"): Percentiles | undefined {
    this.#roll(now)
    if (this.#count === 0) return undefined
    let bucket = 0
    /** Samples below the bucket. */
    let below = 0
    // Shares ascend, so that each look goes on where the one before stopped.
    const at = (share: number): number => {
      const wanted = share * this.#count
      while (below + this.#sums[bucket]! < wanted && bucket < buckets - 1) below += this.#sums[bucket++]!
      return this.#least * Math.exp((bucket + (wanted - below) / this.#sums[bucket]!) * this.#width)
    }
    if (worse === "fewer") return { p99: at(0.01), p90: at(0.1), p75: at(0.25), p50: at(0.5) }
    return { p50: at(0.5), p75: at(0.75), p90: at(0.9), p99: at(0.99) }
  }

  #roll(now: number): void {
    const slice = Math.floor(now / sliceMs)
    if (slice <= this.#latest) return
    const gone = Math.min(slices, slice - this.#latest)
    for (let each = 0; each < gone; each++) this.#empty((slice - each) % slices)
    this.#latest = slice
  }

  #empty(slice: number): void {
    const start = slice * buckets
    for (let bucket = 0; bucket < buckets; bucket++) {
      const count = this.#cells[start + bucket]!
      if (count === 0) continue
      this.#sums[bucket]! -= count
      this.#count -= count
      this.#cells[start + bucket] = 0
    }
  }
}
