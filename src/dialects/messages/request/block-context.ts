import type { Profile } from "../../../contract/index.ts"
import type { Lose, ToolNames } from "../../translate/index.ts"

/** What every content block of one request is written with. */
export interface BlockContext {
  readonly profile: Profile
  readonly names: ToolNames
  readonly lose: Lose
}
