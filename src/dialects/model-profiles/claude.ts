import type { Profile } from "../../contract/index.ts"

interface ModelRow {
  readonly match: RegExp
  readonly profile: Profile
}

/** Since 4.6 a model decides itself how long it thinks, is told an effort, and refuses to continue an assistant message. */
const adaptive: Profile = {
  thinking: "adaptive",
  noPrefill: true,
  nativeSchema: true,
  eagerToolInput: true,
  maxOutput: 128_000,
  webSearch: "tool",
}
/** Since 4.7 temperature, top_p and top_k are a 400, even at their defaults. */
const untuned: Profile = { ...adaptive, noSampling: true }
/** Newest: thinks always, cannot be forced to call a tool, takes system messages anywhere. */
const newest: Profile = {
  ...untuned,
  adaptiveOnly: true,
  thinkingMandatory: true,
  noForcedTool: true,
  midSystem: true,
}
const budget: Profile = {
  thinking: "budget",
  nativeSchema: true,
  eagerToolInput: true,
  maxOutput: 64_000,
  webSearch: "tool",
}
const unstructured: Profile = { ...budget, nativeSchema: false }
const ancient: Profile = { thinking: "none", nativeSchema: false }

/**
 * What differs between Claude models; the first match counts. Sources: platform.claude.com, models overview, adaptive thinking,
 * structured outputs, and the migration guides of each generation.
 */
const rows: readonly ModelRow[] = [
  { match: /(?:opus|sonnet)-5-5/, profile: newest },
  { match: /haiku-5-5/, profile: { ...untuned, adaptiveOnly: true, midSystem: true } },
  { match: /(?:fable|mythos)-5-[1-9](?!\d)/, profile: newest },
  {
    match: /(?:fable|mythos)-5(?!\d)/,
    profile: { ...untuned, adaptiveOnly: true, thinkingMandatory: true, midSystem: true },
  },
  { match: /opus-5(?!-?\d(?!\d))/, profile: { ...untuned, midSystem: true } },
  { match: /sonnet-5(?!-?\d(?!\d))/, profile: untuned },
  { match: /opus-4-8/, profile: { ...untuned, midSystem: true } },
  { match: /opus-4-7/, profile: untuned },
  // No `xhigh` yet; `max` is what it stands next to.
  { match: /(?:opus|sonnet)-4-6/, profile: { ...adaptive, effortMap: { xhigh: "max" } } },
  { match: /(?:opus|sonnet|haiku)-4-5/, profile: budget },
  { match: /opus-4-1/, profile: { ...budget, maxOutput: 32_000 } },
  { match: /sonnet-4(?:-0|[-@]20\d{6}|$)/, profile: unstructured },
  { match: /opus-4(?:-0|[-@]20\d{6}|$)/, profile: { ...unstructured, maxOutput: 32_000 } },
  { match: /3-7-sonnet/, profile: { thinking: "budget", nativeSchema: false, maxOutput: 64_000, webSearch: "tool" } },
  { match: /3-5-(?:sonnet|haiku)/, profile: { ...ancient, maxOutput: 8192, webSearch: "tool" } },
  { match: /claude-(?:3|2|v1|v2|instant)/, profile: { ...ancient, maxOutput: 4096 } },
]

/** Names as resellers spell them: `claude-opus-4.8`, `anthropic/claude-opus-4-8`. */
const plain = (model: string) => model.toLowerCase().replaceAll(".", "-")

/** The flags of a Claude model. A name of the future is taken for the newest generation, which refuses most. */
export const claudeProfile = (model: string): Profile =>
  rows.find(({ match }) => match.test(plain(model)))?.profile ?? newest

export const isClaude = (model: string): boolean => /claude/i.test(model)
