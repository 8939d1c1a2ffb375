/** Numbers that look random and are the same for the same text: 0 ≤ x < 1 (mulberry32, public domain). */
export function chanceOf(text: string): () => number {
  let state = Bun.hash.xxHash32(text)
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
