import { type ChatRequest, GatewayError } from "../../contract/index.ts"
import { planFor } from "../plan/plan.ts"
import type { CostOf } from "../plan/planning.ts"
import { ruleThatTookMost } from "../plan/told/explain.ts"
import type { PlannedAttempt } from "../plan/types.ts"
import { nobodySearches, searchersFirst } from "../search/prefer.ts"
import { type Recorded, RecordedInquiry, type Surroundings } from "./recorded-inquiry.ts"

/** What becomes of a request: where it would go, in order; or why it would be refused. */
export type Replanned =
  | { readonly attempts: readonly PlannedAttempt[]; readonly isSticky: boolean; readonly names: readonly string[] }
  | { readonly refused: GatewayError; readonly rule: string }

/**
 * Plans a finished request again, in other surroundings. What it would have cost is asked of `costOf`, where its size is not in tokens.
 * Throws NotWrittenDown.
 */
export async function planAgain(row: Recorded, around: Surroundings, costOf: CostOf): Promise<Replanned> {
  let inquiry: RecordedInquiry | undefined
  try {
    inquiry = new RecordedInquiry(row, around)
    const isCall = inquiry.demand.ability !== undefined
    const planned = planFor(inquiry, isCall ? costOf : undefined)
    const attempts = searching(inquiry, planned instanceof Promise ? await planned : planned)
    return { attempts, isSticky: inquiry.isSticky, names: inquiry.names }
  } catch (thrown) {
    if (!GatewayError.is(thrown)) throw thrown
    return { refused: thrown, rule: ruleThatTookMost(inquiry?.plan?.excluded ?? []) ?? thrown.code }
  }
}

/** As `search/prefer.ts` does for what is under way, for a search that names no engine. */
function searching(inquiry: RecordedInquiry, planned: readonly PlannedAttempt[]): readonly PlannedAttempt[] {
  const { search, snapshot, model, demand } = inquiry
  if (!search || snapshot.roster.searches.length > 0) return planned
  const request: ChatRequest = {
    model,
    messages: [],
    sampling: {},
    stream: false,
    tools: [{ type: "web-search" }, ...(demand.has("tools") && search === "offered" ? [someFunction] : [])],
  }
  const arranged = searchersFirst(planned, request)
  if (!arranged && search === "demanded") throw nobodySearches(model, "has no search plugin", "tools")
  return arranged ?? planned
}

const someFunction = { type: "function", name: "function", parameters: {} } as const
