import { Elysia } from "elysia"
import type { UsageRow } from "../../../ledger/usage/types.ts"
import { type Asked, managed } from "../../managed.ts"
import type { HttpServices } from "../../services.ts"
import { timeText } from "../../shown.ts"
import { usageScopeOf } from "../../usage/scope.ts"
import { listedDimensions, shownValue } from "./dimensions.ts"
import { operators } from "./filters.ts"
import { metrics } from "./metrics.ts"
import { granularities, type Question, readQuestion } from "./question.ts"

/** `/api/v1/analytics`: what can be asked, and the answers (openrouter.ai/docs analytics). */
export const openrouterAnalytics = (services: HttpServices) =>
  new Elysia({ name: "openrouter analytics" })
    .get("/api/v1/analytics/meta", ({ request }) => managed(services, request, "GET /api/v1/analytics/meta", meta), {
      detail: { summary: "Metrics, dimensions, operators and granularities of analytics", tags: ["OpenRouter"] },
    })
    .post(
      "/api/v1/analytics/query",
      ({ request }) => managed(services, request, "POST /api/v1/analytics/query", (asked) => analyse(services, asked)),
      { parse: "none", detail: { summary: "Ask for metrics by dimensions and time", tags: ["OpenRouter"] } },
    )

const capital = (word: string): string => word[0]!.toUpperCase() + word.slice(1)

function meta(): object {
  return {
    data: {
      metrics: Object.entries(metrics).map(([name, { label, format, isRate }]) => ({
        name,
        display_label: label,
        display_format: format,
        is_rate: isRate,
      })),
      dimensions: listedDimensions.map(([name, { label }]) => ({ name, display_label: label })),
      granularities: granularities.map((name) => ({ name, display_label: capital(name) })),
      operators: Object.entries(operators).map(([name, type]) => ({ name, value_type: type })),
    },
  }
}

async function analyse(services: HttpServices, asked: Asked): Promise<object> {
  const { now } = services.pipeline
  const began = now()
  const question = readQuestion(asked.body, began)
  const rows = await services.usage.query(question.query, usageScopeOf(asked))
  const lines = sorted(
    rows.map((row) => lineOf(row, question, services)),
    question,
  )
  const kept = limited(lines, question)
  const warnings = unknownKeys(question, services)
  return {
    data: {
      data: kept.map(({ line }) => line),
      metadata: {
        query_time_ms: Math.max(0, Math.round(now() - began)),
        row_count: kept.length,
        truncated: kept.length < lines.length,
      },
      ...(warnings.length > 0 ? { warnings } : {}),
    },
  }
}

interface Line {
  readonly line: Record<string, string | number | null>
  readonly group: string
  readonly requests: number
}

function lineOf(row: UsageRow, { metrics: asked, dimensions, query }: Question, services: HttpServices): Line {
  const line: Record<string, string | number | null> = {}
  if (row.start !== undefined) line.date = timeText(row.start)
  for (const [name, known] of dimensions) {
    const value = row.values[known.dimension]
    line[name] = shownValue(known, value, services)
    if (known.show && value !== null && value !== undefined) line[`${name}_value`] = value
  }
  for (const [name, metric] of asked) {
    const { latency, firstPart } = metric
    const quantile =
      latency !== undefined
        ? row.latencyMs?.[query.latency!.indexOf(latency)]
        : firstPart === undefined
          ? null
          : row.firstPartMsAt?.[query.firstPart!.indexOf(firstPart)]
    line[name] = metric.read(row, quantile ?? null)
  }
  return { line, group: JSON.stringify(Object.values(row.values)), requests: row.requests }
}

/** As the sums come, by time and then dearest first, unless something else is wanted. What has no value comes last. */
function sorted(lines: readonly Line[], { order }: Question): readonly Line[] {
  if (!order) return lines
  const { field, direction } = order
  const fieldOf = ({ line, requests }: Line) => line[field] ?? (field === "request_count" ? requests : null)
  const sign = direction === "asc" ? 1 : -1
  return lines.toSorted((a, b) => {
    const [one, other] = [fieldOf(a), fieldOf(b)]
    if (one === null || other === null) return one === other ? 0 : one === null ? 1 : -1
    return one === other ? 0 : one < other ? -sign : sign
  })
}

function limited(lines: readonly Line[], { limit, groupLimit }: Question): readonly Line[] {
  const counts = new Map<string, number>()
  const kept: Line[] = []
  for (const line of lines) {
    if (kept.length === limit) break
    const count = counts.get(line.group) ?? 0
    counts.set(line.group, count + 1)
    if (count < groupLimit) kept.push(line)
  }
  return kept
}

function unknownKeys({ query }: Question, { keys }: HttpServices): readonly string[] {
  const condition = query.filter?.key
  const values = condition && typeof condition === "object" && "not" in condition ? condition.not : condition
  return [values ?? []]
    .flat()
    .filter((id): id is string => id !== null && keys.get(id) === undefined)
    .map((id) => `There is no key "${id.slice(0, 100)}".`)
}
