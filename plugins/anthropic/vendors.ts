import { claudeProfile, imitatedMessages, isClaude } from "signalbox/dialects"
import type { Profile } from "signalbox/plugin"

/** One who speaks Anthropic's Messages API. */
export interface Vendor {
  readonly id: string
  readonly name: string
  /** Absent: the entry must bring its own. */
  readonly baseUrl?: string
  readonly environment?: readonly string[]
  readonly region?: string
  /** Started only when YAML names it: it shares its variable with another. */
  readonly explicit?: boolean
  /** Works without a key (local servers). */
  readonly keyless?: boolean
  /** Counts the tokens of a request without answering it. */
  readonly countsTokens?: boolean
  /** Tells which models it has. */
  readonly lists?: boolean
  profile(model: string): Profile
}

const unknownModel: Profile = { thinking: "budget", nativeSchema: false, strictTools: false }

export const vendors: readonly Vendor[] = [
  {
    id: "anthropic",
    name: "Anthropic",
    baseUrl: "https://api.anthropic.com/v1",
    environment: ["ANTHROPIC_API_KEY"],
    countsTokens: true,
    lists: true,
    profile: (model) => (isClaude(model) ? claudeProfile(model) : unknownModel),
  },
  {
    id: "minimax",
    name: "MiniMax",
    baseUrl: "https://api.minimax.io/anthropic/v1",
    environment: ["MINIMAX_API_KEY"],
    profile: imitatedMessages,
  },
  {
    id: "minimax-cn",
    name: "MiniMax (China)",
    baseUrl: "https://api.minimaxi.com/anthropic/v1",
    environment: ["MINIMAX_API_KEY"],
    region: "cn",
    explicit: true,
    profile: imitatedMessages,
  },
  {
    id: "anthropic-compatible",
    name: "Anthropic-compatible",
    keyless: true,
    lists: true,
    profile: imitatedMessages,
  },
]
