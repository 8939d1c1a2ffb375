export const redactedMark = "[redacted]"

/**
 * Things that look like credentials wherever they stand. Prefixes from the vendors' own key formats; each pattern's first group is kept.
 * Written for log lines and upstream bodies: a false positive costs a word, a miss costs a key.
 */
const patterns: readonly RegExp[] = [
  // OpenAI, Anthropic, OpenRouter, DeepSeek … and our own.
  /()\b(?:sk|pk|rk)-[A-Za-z0-9_-]{12,}/g,
  /()\brqsty-[A-Za-z0-9_+/=.-]{8,}/g,
  /()\bAIza[A-Za-z0-9_-]{20,}/g,
  /()\bxox[a-z]-[A-Za-z0-9-]{8,}/g,
  /()\b(?:gsk|xai|hf|r8|fw|nvapi|glpat|pplx|csk|tgp_v1|ghp|gho|ghs|github_pat)[_-][A-Za-z0-9_-]{16,}/g,
  // AWS access key ids, signed JSON tokens, PEM blocks.
  /()\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g,
  /()\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+/g,
  /()-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*(?:-----END [A-Z ]*PRIVATE KEY-----)?/g,
  /(\b(?:Bearer|Basic)\s+)[A-Za-z0-9._~+/=-]{6,}/gi,
  // Credentials in URLs: user information, and parameters that vendors take keys by.
  /(\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@"\\]*:)[^\s/@"\\]+(?=@)/gi,
  /([?&](?:api[-_]?key|key|access[-_]?token|auth[-_]?token|token|secret|signature|x-amz-signature)=)[^&\s"'\\]+/gi,
  // Fields with a telling name, as JSON text.
  /("(?:authorization|proxy-authorization|x-api-key|x-goog-api-key|api[-_]?key|apikey|password|secret|client_secret|auth_token|access_token|refresh_token|token|set-cookie|cookie)"\s*:\s*")(?:[^"\\]|\\.)+/gi,
]

/** Takes out whatever looks like a credential. For texts of upstreams and of the log. */
export const redactText = (text: string): string => {
  let clean = text
  for (const pattern of patterns) clean = clean.replace(pattern, `$1${redactedMark}`)
  return clean
}

export interface Redactor {
  /** Registers values that must never be printed. Shorter ones than 6 characters are ignored: they would blank out half the log. */
  add(...secrets: readonly string[]): void
  /** Takes out registered values and whatever looks like a credential; plain text or JSON text. */
  text(text: string): string
}

const shortest = 6

const escapePattern = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")

const insideJson = (text: string): string => JSON.stringify(text).slice(1, -1)

/** The ways in which a secret can appear: as it is, inside JSON text, inside JSON text that is a value of JSON text, inside a URL. */
const spellings = (secret: string): string[] => {
  const once = insideJson(secret)
  return [secret, once, insideJson(once), encodeURIComponent(secret)]
}

export const createRedactor = (): Redactor => {
  const known = new Set<string>()
  let pattern: RegExp | undefined
  return {
    add(...secrets) {
      const before = known.size
      for (const secret of secrets) if (secret.length >= shortest) for (const text of spellings(secret)) known.add(text)
      if (known.size === before) return
      // Longest first: of two secrets that begin alike the longer one must win.
      const sorted = [...known].sort((a, b) => b.length - a.length)
      pattern = new RegExp(sorted.map(escapePattern).join("|"), "g")
    },
    text: (text) => redactText(pattern ? text.replace(pattern, redactedMark) : text),
  }
}
