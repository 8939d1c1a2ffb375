/** Random numbers that a seed repeats. */
export interface Chance {
  /** 0 up to and without `end`. */
  below(end: number): number
  pick<T>(from: readonly T[]): T
  /** True once in so many times. */
  once(times: number): boolean
}

/** Mulberry32: small, and good enough to break things with. */
export function chanceOf(seed: number): Chance {
  let state = seed >>> 0
  const below = (end: number): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * end)
  }
  return { below, pick: (from) => from[below(from.length)]!, once: (times) => below(times) === 0 }
}
