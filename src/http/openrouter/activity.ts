import { Elysia } from "elysia"
import { GatewayError } from "../../contract/index.ts"
import { usd } from "../../ledger/money.ts"
import type { UsageCondition, UsageDimension, UsageRow } from "../../ledger/usage/types.ts"
import { dayMs, dayStart } from "../../store/windows.ts"
import { wrong } from "../fields/fields.ts"
import { type Asked, managed } from "../managed.ts"
import { providerNames } from "../provider-names.ts"
import type { HttpServices } from "../services.ts"
import { usageScopeOf } from "../usage/scope.ts"
import { projectIdOf, workspaceIdOf } from "./workspaces/id.ts"

const completedDays = 30

/** `GET /api/v1/activity`: the last thirty days that are over, by day, model and endpoint (openrouter.ai/docs get-user-activity). */
export const openrouterActivity = (services: HttpServices) =>
  new Elysia({ name: "openrouter activity" }).get(
    "/api/v1/activity",
    ({ request }) => managed(services, request, "GET /api/v1/activity", (asked) => activity(services, asked)),
    { detail: { summary: "Usage of the last 30 completed days", tags: ["OpenRouter"] } },
  )

async function activity(services: HttpServices, asked: Asked): Promise<object> {
  const { query } = asked
  const today = dayStart(services.pipeline.now())
  const day = dayOf(query.get("date"), today)
  const groupBy = query.get("group_by")
  if (groupBy && groupBy !== "workspace") throw wrong("group_by", '"workspace"')
  const byWorkspace = groupBy === "workspace"
  const rows = await services.usage.query(
    {
      from: day ?? today - completedDays * dayMs,
      to: day === undefined ? today : day + dayMs,
      resolution: "day",
      groupBy: ["model", "provider", ...(byWorkspace ? (["project"] as const) : [])],
      filter: filterOf(services, query),
      measures: ["inputTokens", "outputTokens", "reasoningTokens", "byokNano"],
    },
    usageScopeOf(asked),
  )
  return { data: rows.map((row) => item(row, providerNames(services), byWorkspace)) }
}

function dayOf(text: string | null, today: number): number | undefined {
  if (!text) return undefined
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN
  if (!Number.isFinite(at) || new Date(at).toISOString().slice(0, 10) !== text)
    throw wrong("date", "a date as in 2027-01-31")
  if (at >= today || at < today - completedDays * dayMs)
    throw wrong("date", `one of the last ${completedDays} UTC days that are over`)
  return at
}

function filterOf(
  services: HttpServices,
  query: URLSearchParams,
): { readonly [Dimension in UsageDimension]?: UsageCondition } {
  const key = query.get("api_key_hash")
  if (key && !/^[0-9a-f]{64}$/i.test(key)) throw wrong("api_key_hash", "the hash of a key: 64 hexadecimal digits")
  const member = query.get("user_id")
  const workspace = query.get("workspace_id")
  return {
    // What never got to an endpoint is no activity of one.
    provider: { not: null },
    ...(key ? { key: key.toLowerCase() } : {}),
    ...(member ? { member } : {}),
    ...(workspace ? { project: knownProject(services, workspace) } : {}),
  }
}

function knownProject(services: HttpServices, workspace: string): string {
  const id = projectIdOf(workspace)
  if (id !== projectIdOf(workspaceIdOf()) && !services.directory.get("project", id))
    throw new GatewayError("not_found", `There is no workspace "${workspace.slice(0, 100)}".`, {
      param: "workspace_id",
    })
  return id
}

function item({ start, values, ...sums }: UsageRow, name: (provider: string) => string, byWorkspace: boolean): object {
  const { model, provider, project } = values
  return {
    date: new Date(start!).toISOString().slice(0, 10),
    model,
    model_permaslug: model,
    endpoint_id: `${provider}/${model}`,
    provider_name: name(provider ?? ""),
    usage: usd(sums.costNano - sums.byokNano),
    byok_usage_inference: usd(sums.byokNano),
    requests: sums.requests,
    prompt_tokens: sums.inputTokens,
    completion_tokens: sums.outputTokens,
    reasoning_tokens: sums.reasoningTokens,
    ...(byWorkspace ? { workspace_id: workspaceIdOf(project ?? undefined) } : {}),
  }
}
