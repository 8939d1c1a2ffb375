/** What encoders of different wire formats have in common. */
export { type SettledTools, settleTools } from "./allowed-tools.ts"
export { type AutoCacheBounds, autoCache } from "./auto-cache.ts"
export { callInput } from "./call-input.ts"
export { customToolNames, customToolSchema, unwrapCustomInput, wrapCustomInput } from "./custom-tools.ts"
export {
  type ActiveEffort,
  type AskedReasoning,
  askedReasoning,
  type BudgetBounds,
  budgetToEffort,
  effortRatios,
  effortToBudget,
} from "./effort.ts"
export { asksForFileParser, readFileParser } from "./file-parser.ts"
export { inlineUpstreamError } from "./inline-error.ts"
export {
  asksFor,
  asksForNothing,
  dropForeignExtras,
  dropName,
  dropSampling,
  foreignFields,
  type Lose,
  ownContent,
} from "./losses.ts"
export { base64Text, type InlineData, inlineData } from "./media.ts"
export { type FileRules, fileNeed, isPdfType, isRemote, isTextType, mediaType } from "./media-need.ts"
export { clientPath, placed, placeOf, samePlace } from "./places.ts"
export { type SealedReasoning, seal, sealPrefix, unseal } from "./sealed.ts"
export { loseSearchSettings, type SearchSetting } from "./search-settings.ts"
export { shortHash } from "./short-hash.ts"
export { type NameRule, type ToolNames, toolNames } from "./tool-names.ts"
export { isStandIn, type PlacedMessage, pairTools } from "./tool-pairs.ts"
