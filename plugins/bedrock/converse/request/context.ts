import type { Lose, ToolNames } from "signalbox/dialects"
import type { Profile } from "signalbox/plugin"
import type { DocumentNames } from "./documents.ts"

/** What every content block of one request is written with. */
export interface BlockContext {
  readonly model: string
  readonly profile: Profile
  readonly names: ToolNames
  readonly documents: DocumentNames
  readonly lose: Lose
  /** No tools are offered, so calls and results of earlier turns are refused and go as text. */
  readonly toolsAsText: boolean
}
