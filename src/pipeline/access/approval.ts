import { isWithin } from "../../catalog/regions.ts"
import type { ApprovalRule, ApprovedModels } from "../../config/config.ts"
import { authorIn, type Offer } from "../../contract/index.ts"
import { type Matcher, matcherOf, Patterns } from "./patterns.ts"

/** One line of what was approved or taken back by hand. */
export interface Decision {
  /** A name or a pattern. */
  readonly model: string
  readonly approved: boolean
}

/** What the API declared: a mode and rules of its own, and decisions in the order in which they were made; the last one counts. */
export interface DeclaredApproval {
  readonly mode?: ApprovedModels["mode"]
  readonly rules: readonly ApprovalRule[]
  readonly decisions: readonly Decision[]
}

export const nothingApproved: DeclaredApproval = Object.freeze({ rules: [], decisions: [] })

/** What is approved, by the file and by the API. */
export interface Approval {
  /** The file's section; absent where it has none. What it approves, the API cannot take back. */
  readonly file: ApprovedModels | undefined
  readonly declared: DeclaredApproval
}

/** The file's word where it has one. */
export const modeOf = ({ file, declared }: Approval): ApprovedModels["mode"] => file?.mode ?? declared.mode ?? "all"

/** Whether an offer may be used, and what says so. `rule` is its place among the rules of the file or of the API. */
export interface Verdict {
  readonly approved: boolean
  readonly by: "all" | "listed" | "rule" | "removed" | "unlisted"
  readonly source: "file" | "store"
  readonly rule?: number
}

/** Everything is approved, and nobody need look at an offer. */
export const isOpen = (approval: Approval): boolean =>
  modeOf(approval) === "all" &&
  (approval.file !== undefined || approval.declared.decisions.every((one) => one.approved))

/** Reads an approval once; what it gives judges offers. */
export function judgeOf(approval: Approval): (offer: Offer) => Verdict {
  const { file, declared } = approval
  const mode = modeOf(approval)
  const ofFile = file && judgeFile(file)
  const decided = new Patterns(declared.decisions.map(({ model }) => model))
  const rules = mode === "rules" ? declared.rules.map(ruleOf) : []
  return (offer) => {
    const first = ofFile?.(offer)
    if (first) return first
    const last = declared.decisions[decided.lastOf(offer)]
    if (last) return { approved: last.approved, by: last.approved ? "listed" : "removed", source: "store" }
    if (mode === "all") return { approved: true, by: "all", source: "store" }
    const rule = rules.findIndex((fits) => fits(offer))
    if (rule >= 0) return { approved: true, by: "rule", source: "store", rule }
    return { approved: false, by: "unlisted", source: file ? "file" : "store" }
  }
}

/** What the file approves by itself; undefined where it says nothing of an offer. */
function judgeFile({ mode, models, rules }: ApprovedModels): (offer: Offer) => Verdict | undefined {
  if (mode === "all") return () => ({ approved: true, by: "all", source: "file" })
  const isListed = matcherOf(models)
  const matchers = mode === "rules" ? rules.map(ruleOf) : []
  return (offer) => {
    if (isListed(offer)) return { approved: true, by: "listed", source: "file" }
    const rule = matchers.findIndex((fits) => fits(offer))
    return rule < 0 ? undefined : { approved: true, by: "rule", source: "file", rule }
  }
}

/** All that a rule says must hold. An empty one says nothing, and what says nothing approves nothing. */
export function ruleOf(rule: ApprovalRule): Matcher {
  const parts: Matcher[] = []
  const { models, authors, providers, regions, zdr, dataCollection, kinds, tags, maxPrice } = rule
  if (models) parts.push(matcherOf(models))
  if (authors) {
    const wanted = new Set(authors.map(lower))
    parts.push((offer) => wanted.has(authorOf(offer)))
  }
  if (providers) {
    const wanted = new Set(providers.map(lower))
    parts.push(({ provider }) => wanted.has(provider.toLowerCase()))
  }
  if (regions) parts.push(({ region }) => regions.some((wanted) => isWithin(region, wanted)))
  if (zdr) parts.push((offer) => offer.zdr === true)
  // What keeps nothing has nothing to train on.
  if (dataCollection === "deny") parts.push((offer) => offer.dataCollection === "deny" || offer.zdr === true)
  if (kinds) parts.push(({ kind = "chat" }) => kinds.includes(kind))
  if (tags) parts.push((offer) => offer.tags?.some((tag) => tags.includes(tag)) ?? false)
  if (maxPrice) {
    const { input = Number.POSITIVE_INFINITY, output = Number.POSITIVE_INFINITY } = maxPrice
    // What nobody knows the price of may cost anything.
    parts.push(({ price }) => price !== undefined && price.input <= input && price.output <= output)
  }
  return (offer) => parts.length > 0 && parts.every((fits) => fits(offer))
}

const lower = (text: string): string => text.toLowerCase()

const authorOf = ({ canonical, model }: Offer): string => authorIn(canonical ?? model)
