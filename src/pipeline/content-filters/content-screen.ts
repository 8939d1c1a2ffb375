import { inSlices, type Steps } from "../../catalog/steps.ts"
import { type Finding, GatewayError } from "../../contract/index.ts"
import type { Program } from "../../expressions/compile.ts"
import { type Budget, OutOfBudget, search } from "../../expressions/search.ts"
import type { Exchange, FindingRecord } from "../exchange.ts"
import { mask } from "../mask.ts"
import type { ContentFilter } from "./filters.ts"

/** Gives a text of a request as it may go on. `isUser`: it is the user's own. Throws where it may not go on at all. */
export type Screen = (text: string, isUser: boolean) => Promise<string>

/** Steps that the patterns of one request may take together: about a second of work, in slices. */
const mostSteps = 50_000_000

const actions = { flag: "report", redact: "mask", block: "block" } as const

/** Looks at the texts of one request. `note` hears of what is found. */
export function contentScreen(
  exchange: Exchange,
  filters: readonly ContentFilter[],
  note: (found: FindingRecord) => void,
): Screen {
  const budget: Budget = { left: mostSteps }
  return async (text, isUser) => {
    if (text === "") return text
    const masks: Finding[] = []
    for (const filter of filters) {
      if (filter.userOnly && !isUser) continue
      const { findings, label } = await find(exchange, filter, text, budget)
      if (findings.length === 0) continue
      const { action, guardrail } = filter
      note({ guardrail: guardrail.name, guardrailId: guardrail.id, stage: "input", label, action: actions[action] })
      if (action === "block") throw blocked(filter, label)
      if (action === "redact") masks.push(...findings.map((finding) => ({ ...finding, label })))
    }
    return mask(text, masks, (label) => label)
  }
}

async function find(
  exchange: Exchange,
  { name, by }: ContentFilter,
  text: string,
  budget: Budget,
): Promise<{ readonly findings: readonly Finding[]; readonly label: string }> {
  if (by.kind === "pattern") {
    const steps = searched(by.program, text, by.label, budget)
    return { findings: await inSlices(steps, exchange.services.now), label: by.label }
  }
  const detector = exchange.snapshot.roster.detectors.get(name)
  if (!detector)
    throw new GatewayError(
      "plugin_failed",
      `The content filter "${name}" needs a plugin that does not run. Requests are refused until it does; GET /admin/plugins says what is wrong.`,
    )
  const { allowlist } = by
  const options = allowlist.length > 0 ? { allowlist } : undefined
  return { findings: await detector.detect(text, exchange.call, options), label: detector.label }
}

function* searched(program: Program, text: string, label: string, budget: Budget): Steps<readonly Finding[]> {
  const findings: Finding[] = []
  try {
    for (const span of search(program, text, budget)) {
      if (span) findings.push({ ...span, label })
      yield
    }
  } catch (thrown) {
    if (!(thrown instanceof OutOfBudget)) throw thrown
    throw new GatewayError(
      "guardrail_blocked",
      "Request blocked: the patterns of its content filters could not be looked for in a text of this length. Shorten it.",
    )
  }
  return findings
}

const blocked = ({ name }: ContentFilter, label: string): GatewayError =>
  new GatewayError("guardrail_blocked", `Request blocked by content filter: ${label}`, { patterns: [name] })

/** Numbers in place of words cannot be looked through: what must not go out must not go out in that form either. */
export const unreadable = (): GatewayError =>
  new GatewayError(
    "guardrail_blocked",
    "Request blocked by content filter: input in tokens cannot be read. Send the text.",
    { param: "input" },
  )
