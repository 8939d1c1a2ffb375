import { inputTokens, outputTokens } from "../contract/usage.ts"
import type { LedgerEntry } from "./executor.ts"
import { dayStart } from "./windows.ts"

/** Sums of one day, key, model and provider. */
export interface Rollup {
  readonly day: number
  readonly keyId: string
  readonly model: string
  readonly provider: string
  requests: number
  failed: number
  cancelled: number
  inputTokens: number
  cacheReadTokens: number
  cacheWriteTokens: number
  outputTokens: number
  reasoningTokens: number
  costNano: number
}

/** A mutable table of sums; entries are added when they come and taken away when the database holds them. */
export interface RollupTable {
  add(entry: LedgerEntry): void
  subtract(entry: LedgerEntry): void
  rows(): readonly Rollup[]
}

export const createRollupTable = (): RollupTable => {
  const rows = new Map<string, Rollup>()
  const change = ({ settledAt, generation }: LedgerEntry, sign: 1 | -1): void => {
    const day = dayStart(settledAt)
    const key = `${day}\n${generation.keyId}\n${generation.model}\n${generation.provider}`
    let row = rows.get(key)
    if (row === undefined) {
      row = {
        day,
        keyId: generation.keyId,
        model: generation.model,
        provider: generation.provider,
        requests: 0,
        failed: 0,
        cancelled: 0,
        inputTokens: 0,
        cacheReadTokens: 0,
        cacheWriteTokens: 0,
        outputTokens: 0,
        reasoningTokens: 0,
        costNano: 0,
      }
      rows.set(key, row)
    }
    const { usage } = generation
    row.requests += sign
    row.failed += generation.status >= 400 ? sign : 0
    row.cancelled += generation.cancelled ? sign : 0
    row.inputTokens += sign * inputTokens(usage)
    row.cacheReadTokens += sign * usage.input.cacheRead
    row.cacheWriteTokens += sign * (usage.input.cacheWrite + usage.input.cacheWrite1h)
    row.outputTokens += sign * outputTokens(usage)
    row.reasoningTokens += sign * usage.output.reasoning
    row.costNano += sign * generation.costNano
    if (row.requests === 0) rows.delete(key)
  }
  return {
    add: (entry) => change(entry, 1),
    subtract: (entry) => change(entry, -1),
    rows: () => [...rows.values()],
  }
}
