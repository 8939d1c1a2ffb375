/**
 * Exact decimals in a `bigint`: a value times 10^24. A price of a ten-thousandth of a cent per million tokens keeps eighteen more digits.
 */
export type Scaled = bigint

const scaleDigits = 24

export const scaledOne: Scaled = 10n ** BigInt(scaleDigits)

const form = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/

/**
 * The decimal number that a `number` prints as: 0.1 is a tenth here, not the nearest binary fraction. Digits beyond the 24th after the
 * point are cut off. Throws RangeError for what is not finite.
 */
export const scaled = (value: number): Scaled => {
  const match = form.exec(String(value))
  if (match === null) throw new RangeError(`not a finite number: ${value}`)
  const [, sign, whole = "", fraction = "", exponent = "0"] = match
  const shift = scaleDigits - fraction.length + Number(exponent)
  const digits = BigInt(whole + fraction)
  const magnitude = shift >= 0 ? digits * 10n ** BigInt(shift) : digits / 10n ** BigInt(-shift)
  return sign === "-" ? -magnitude : magnitude
}

/** Divides, rounding halves away from zero. The divisor is positive. */
export const divideHalfUp = (dividend: bigint, divisor: bigint): bigint =>
  dividend < 0n ? -divideHalfUp(-dividend, divisor) : (2n * dividend + divisor) / (2n * divisor)
