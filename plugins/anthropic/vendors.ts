import { claudeProfile, isClaude } from "signalbox/dialects"
import type { Profile } from "signalbox/plugin"

/** One who speaks Anthropic's Messages API. */
export interface Vendor {
  readonly id: string
  readonly name: string
  /** Absent: the entry must bring its own. */
  readonly baseUrl?: string
  readonly environment?: readonly string[]
  readonly region?: string
  /** Works without a key (local servers). */
  readonly keyless?: boolean
  /** Counts the tokens of a request without answering it. */
  readonly countsTokens?: boolean
  profile(model: string): Profile
}

/**
 * Servers that imitate the API: they sign nothing, know neither `output_config` nor strict tools, and refuse fields that came
 * later. Claude behind such a server is still Claude.
 */
const imitated = (model: string): Profile =>
  isClaude(model)
    ? { ...claudeProfile(model), eagerToolInput: false }
    : {
        thinking: "budget",
        nativeSchema: false,
        strictTools: false,
        emptySignatures: true,
        reasoningOrigins: ["unknown"],
      }

const unknownModel: Profile = { thinking: "budget", nativeSchema: false, strictTools: false }

export const vendors: readonly Vendor[] = [
  {
    id: "anthropic",
    name: "Anthropic",
    baseUrl: "https://api.anthropic.com/v1",
    environment: ["ANTHROPIC_API_KEY"],
    countsTokens: true,
    profile: (model) => (isClaude(model) ? claudeProfile(model) : unknownModel),
  },
  {
    id: "minimax",
    name: "MiniMax",
    baseUrl: "https://api.minimax.io/anthropic/v1",
    environment: ["MINIMAX_API_KEY"],
    profile: imitated,
  },
  {
    id: "anthropic-compatible",
    name: "Anthropic-compatible",
    keyless: true,
    profile: imitated,
  },
]
