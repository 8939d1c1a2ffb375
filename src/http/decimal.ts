/** USD per million tokens → USD per token without the tail that binary fractions leave (2.5 → 0.0000025). */
export const perToken = (perMillion: number): number => Number((perMillion / 1e6).toPrecision(12))

/** The same as a decimal string without an exponent: clients show it as it is. */
export function perTokenText(perMillion: number): string {
  return (
    perToken(perMillion)
      .toFixed(18)
      .replace(/\.?0+$/, "") || "0"
  )
}
