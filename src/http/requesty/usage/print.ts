import { usd } from "../../../ledger/money.ts"
import { type UsageRow, usageKinds } from "../../../ledger/usage/types.ts"
import { moneyText } from "../values.ts"

type Summed = Pick<UsageRow, "requests" | "inputTokens" | "outputTokens" | "costNano" | "kinds">

/** Requesty's names of the counts of requests, by ability. */
const counts: Readonly<Record<(typeof usageKinds)[number], string>> = {
  completions: "completions_requests",
  embeddings: "embedding_requests",
  images: "image_requests",
  speech: "speech_requests",
  transcription: "transcription_requests",
  rerank: "rerank_requests",
}

/** What a period or a group of it used, as `/v1/manage` tells it: money is texts. */
export const figuresOf = (row: Summed): Record<string, unknown> => ({
  ...Object.fromEntries(usageKinds.map((kind) => [counts[kind], row.kinds[kind]])),
  total_requests: row.requests,
  spend: moneyText(row.costNano),
  input_tokens: row.inputTokens,
  output_tokens: row.outputTokens,
  total_tokens: row.inputTokens + row.outputTokens,
})

/** The same as `/v1/api-keys` tells it. */
export const totalsOf = ({ requests, inputTokens, outputTokens, costNano }: Summed): Record<string, number> => ({
  total_cost: usd(costNano),
  total_requests: requests,
  total_tokens: inputTokens + outputTokens,
})

export const partOf = ({ requests, inputTokens, outputTokens, costNano }: Summed): Record<string, number> => ({
  requests,
  tokens: inputTokens + outputTokens,
  cost: usd(costNano),
})

/** Several rows as one. */
export function sumOf(rows: readonly Summed[]): Summed {
  const add = (read: (row: Summed) => number): number => rows.reduce((sum, row) => sum + read(row), 0)
  return {
    requests: add(({ requests }) => requests),
    inputTokens: add(({ inputTokens }) => inputTokens),
    outputTokens: add(({ outputTokens }) => outputTokens),
    costNano: add(({ costNano }) => costNano),
    kinds: Object.fromEntries(usageKinds.map((kind) => [kind, add(({ kinds }) => kinds[kind])])) as Summed["kinds"],
  }
}
