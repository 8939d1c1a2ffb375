/** Longest text of an upstream that is kept or shown, in characters. */
const longest = 1200

const secrets: readonly [RegExp, string][] = [
  // Vendors echo (parts of) the key they refuse: "Incorrect API key provided: sk-proj-…1234".
  [
    /\b(?:sk|pk|rk|gsk|xai|nvapi|hf|r8|fw|csk|tgp|pplx|AIza|AQ|ya29|ghp|gho|github_pat|glpat)[-_.][\w*.…-]{6,}/g,
    "[redacted]",
  ],
  [/\bAIza[\w-]{10,}/g, "[redacted]"],
  [/\b(?:AKIA|ASIA)[0-9A-Z]{12,}/g, "[redacted]"],
  [/\beyJ[\w-]{8,}\.[\w-]{4,}(?:\.[\w-]*)?/g, "[redacted]"],
  [/\b(bearer|basic)\s+[\w.~+/=*-]{6,}/gi, "$1 [redacted]"],
  [
    /((?:api[-_ ]?key|x-api-key|access[-_ ]?token|secret|password|authorization)\\?["']?(?:\s+provided)?\s*[:=]\s*\\?["']?)(?!\[redacted)[^\s"'\\,;}&]{4,}/gi,
    "$1[redacted]",
  ],
  [/([?&](?:key|api_key|token|access_token|sig|signature)=)[^\s&"']+/gi, "$1[redacted]"],
  [/\/\/[^\s/@:]+:[^\s/@]+@/g, "//[redacted]@"],
  [/\b[0-9a-f]{32,}\b/gi, "[redacted]"],
]

/** Takes out whatever looks like a credential, and caps the length. For text that an upstream wrote. */
export const redact = (text: string): string => {
  let out = text.length > longest * 4 ? text.slice(0, longest * 4) : text
  for (const [pattern, replacement] of secrets) out = out.replace(pattern, replacement)
  return out.length > longest ? `${out.slice(0, longest)}…` : out
}
