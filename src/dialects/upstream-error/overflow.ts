/** How upstreams say that the input does not fit. Wording collected from vendors' replies; matched without regard to case. */
const phrases: readonly RegExp[] = [
  /prompt is too long/, // Anthropic
  /request exceeds the maximum size/, // Anthropic 413
  /input length and `?max_tokens`? exceed context limit/, // Anthropic
  /input is too long for requested model/, // Bedrock
  /exceeds the context window/, // OpenAI Responses
  /maximum context length/, // OpenAI, OpenRouter, Mistral, LiteLLM
  /input token count.*exceeds the maximum/, // Gemini
  /maximum prompt length is \d+/, // xAI
  /reduce the length of the (?:messages|prompt|input)/, // Groq, OpenAI
  /exceeds the (?:model'?s )?maximum (?:allowed )?(?:input|context) length/, // OpenRouter, LiteLLM
  /longer than the model'?s context length/, // Together
  /contextwindowexceedederror/, // LiteLLM
  /exceeds the available context size/, // llama.cpp
  /greater than the context length/, // LM Studio
  /exceeded max(?:imum)? context length/, // Ollama
  /context window exceeds limit/, // MiniMax
  /exceeded model token limit/, // Kimi
  /prompt too long|prompt exceeds max length/, // Z.ai
  /range of input length should be/, // DashScope
  /prompt token count of \d+ exceeds the limit/, // Copilot
  /context[_ ]length[_ ]exceeded|context_window_exceeded/,
  /too many tokens|token limit exceeded/,
]

/** Bedrock throttles with "Too many tokens, please wait": a rate limit in overflow's words. */
const throttled = /rate.?limit|too many requests|throttl|please wait|per minute|\btpm\b|\brpm\b|quota/i

const codes = new Set(["context_length_exceeded", "string_above_max_length", "context_window_exceeded", "1261"])

export const isOverflow = (message: string, code: string | undefined): boolean => {
  if (code !== undefined && codes.has(code.toLowerCase())) return true
  const text = message.toLowerCase()
  return phrases.some((phrase) => phrase.test(text)) && !throttled.test(text)
}

const number = String.raw`(\d[\d,_]*)`
/** Sentences that hold both numbers, and which of the two comes first. */
const pairs: readonly [RegExp, "used-first" | "limit-first"][] = [
  [new RegExp(`${number} tokens > ${number}`), "used-first"],
  [
    new RegExp(
      `maximum context length (?:is|of) ${number} tokens.*?(?:resulted in|requested(?: about)?) ${number} tokens`,
    ),
    "limit-first",
  ],
  [
    new RegExp(`token count \\(?${number}\\)? exceeds the maximum number of tokens allowed \\(?${number}`),
    "used-first",
  ],
  [new RegExp(`maximum prompt length is ${number} but the request contains ${number}`), "limit-first"],
  [new RegExp(`input length \\(?${number}\\)? exceeds.*?(?:length|of) (?:of )?\\(?${number}`), "used-first"],
  [new RegExp(`input \\(?${number} tokens\\)? is longer than.*?\\(?${number} tokens`), "used-first"],
  [new RegExp(`prompt contains ${number} tokens.*?${number} maximum context length`), "used-first"],
  [new RegExp(`token limit: ${number} \\(requested: ${number}`), "limit-first"],
  [new RegExp(`token count of ${number} exceeds the limit of ${number}`), "used-first"],
  [new RegExp(`cannot exceed ${number} - received ${number}`), "limit-first"],
]

const toNumber = (text: string | undefined) => Number((text ?? "").replace(/[,_]/g, ""))

/** Both numbers of an overflow message, in tokens, where the upstream gave them. */
export const overflowNumbers = (message: string): { readonly used: number; readonly limit: number } | undefined => {
  const text = message.toLowerCase().replace(/\s+/g, " ")
  for (const [pattern, order] of pairs) {
    const match = pattern.exec(text)
    if (!match) continue
    const [first, second] = [toNumber(match[1]), toNumber(match[2])]
    return order === "used-first" ? { used: first, limit: second } : { used: second, limit: first }
  }
  return undefined
}
