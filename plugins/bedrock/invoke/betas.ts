/**
 * Values of `anthropic-beta` that InvokeModel takes; any other is refused with "invalid beta flag" (docs.aws.amazon.com/bedrock, Anthropic
 * Claude Messages API; platform.claude.com, Claude on Amazon Bedrock).
 */
const taken: readonly RegExp[] = [
  /^computer-use-/,
  /^token-efficient-tools-/,
  /^interleaved-thinking-/,
  /^output-128k-/,
  /^dev-full-thinking-/,
  /^context-1m-/,
  /^context-management-/,
  /^effort-/,
  /^tool-search-tool-/,
  /^tool-examples-/,
  /^fine-grained-tool-streaming-/,
  /^compact-/,
  /^task-budgets-/,
  /^mid-conversation-system-/,
]

/** What Anthropic's own API calls by one name is two features here. */
const renamed: Readonly<Record<string, readonly string[]>> = {
  "advanced-tool-use-2025-11-20": ["tool-search-tool-2025-10-19", "tool-examples-2025-10-29"],
}

export const fineGrainedTools = "fine-grained-tool-streaming-2025-05-14"

/** Betas of a header as Bedrock names them, and those that it would refuse. */
export const sortBetas = (
  header: string,
  further: readonly string[],
): { readonly betas: readonly string[]; readonly refused: readonly string[] } => {
  const betas = new Set<string>()
  const refused: string[] = []
  for (const beta of header.split(",").map((name) => name.trim())) {
    if (beta === "") continue
    const names = renamed[beta]
    if (names) for (const name of names) betas.add(name)
    else if (further.includes(beta) || taken.some((pattern) => pattern.test(beta))) betas.add(beta)
    else refused.push(beta)
  }
  return { betas: [...betas], refused }
}
