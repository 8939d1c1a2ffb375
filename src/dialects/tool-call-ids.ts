const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

const fits = {
  any: /^/,
  // Anthropic: ^[a-zA-Z0-9_-]+$, at most 64.
  anthropic: /^[\w-]{1,64}$/,
  // Mistral, also behind Bedrock: exactly nine letters or digits.
  alnum9: /^[a-zA-Z0-9]{9}$/,
} as const

const hash = (text: string, length: number): string => {
  let value = 0xcbf29ce484222325n
  for (const byte of new TextEncoder().encode(text)) value = BigInt.asUintN(64, (value ^ BigInt(byte)) * 0x100000001b3n)
  let out = ""
  for (let digit = 0; digit < length; digit++) {
    out += alphabet[Number(value % 62n)]
    value /= 62n
  }
  return out
}

/**
 * The id that an upstream with such a rule accepts. An id that fits stays; any other becomes a hash of itself (FNV-1a 64), so that the
 * same history always maps alike and the upstream's prompt cache keeps hitting.
 */
export const toolCallId = (id: string, rule: keyof typeof fits = "any"): string => {
  if (fits[rule].test(id)) return id
  return rule === "alnum9" ? hash(id, 9) : `call_${hash(id, 10)}`
}
