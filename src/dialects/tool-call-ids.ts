import { shortHash } from "./translate/short-hash.ts"

const fits = {
  any: /^/,
  // Anthropic: ^[a-zA-Z0-9_-]+$, at most 64.
  anthropic: /^[\w-]{1,64}$/,
  // Mistral, also behind Bedrock: exactly nine letters or digits.
  alnum9: /^[a-zA-Z0-9]{9}$/,
} as const

/**
 * The id that an upstream with such a rule accepts. An id that fits stays; any other becomes a hash of itself (FNV-1a 64), so that the
 * same history always maps alike and the upstream's prompt cache keeps hitting.
 */
export const toolCallId = (id: string, rule: keyof typeof fits = "any"): string => {
  if (fits[rule].test(id)) return id
  return rule === "alnum9" ? shortHash(id, 9) : `call_${shortHash(id, 10)}`
}
