import { defaultGuardrailId } from "../../../accounts/directory/guardrails.ts"
import type { Member, Project, Stored } from "../../../accounts/directory/types.ts"
import type { Json, JsonObject } from "../../../contract/index.ts"
import { usd } from "../../../ledger/money.ts"
import type { WindowKind } from "../../../store/windows.ts"
import { timeOrNull, timeText } from "../../shown.ts"
import { derivedId, workspaceIdOf } from "./id.ts"

/** What OpenRouter keeps of a workspace beside, with what it is where nobody says. */
export const workspaceSettings = {
  default_image_model: null,
  default_provider_sort: null,
  default_text_model: null,
  disabled_server_tools: null,
  io_logging_api_key_ids: null,
  io_logging_sampling_rate: 1,
  is_data_discount_logging_enabled: false,
  is_observability_broadcast_enabled: false,
  is_observability_io_logging_enabled: false,
} as const satisfies JsonObject

/** OpenRouter's word for each window, widest first. */
export const intervals = { lifetime: "total", monthly: "monthly", weekly: "weekly", daily: "daily" } as const
export type Interval = keyof typeof intervals
export const intervalNames = Object.keys(intervals) as readonly Interval[]

/** `startedAt` stands for the age of the project that was always there. */
const madeAt = ({ createdAt }: Stored<"project">, startedAt: number): number =>
  createdAt === 0 ? startedAt : createdAt

/** All fields that `@openrouter/sdk` validates. */
export function workspaceRow(project: Stored<"project">, startedAt: number): JsonObject {
  const { id, body, updatedAt, createdByMember } = project
  const settings: Record<string, Json> = {}
  for (const [name, usual] of Object.entries(workspaceSettings)) settings[name] = body.settings?.[name] ?? usual
  return {
    id: workspaceIdOf(id),
    name: body.name,
    slug: body.slug,
    description: body.description ?? null,
    ...settings,
    default_guardrail_id: defaultGuardrailId(id),
    include_byok_in_budgets: body.includeByokInBudgets ?? false,
    created_at: timeText(madeAt(project, startedAt)),
    created_by: createdByMember ?? null,
    updated_at: timeOrNull(updatedAt),
  }
}

export function memberRow(project: Stored<"project">, member: Stored<"member">): JsonObject {
  const workspace = workspaceIdOf(project.id)
  return {
    id: derivedId("workspace member", workspace, member.id),
    workspace_id: workspace,
    user_id: member.id,
    role: isAdmin(member.body) ? "admin" : "member",
    created_at: timeText(Math.max(project.createdAt, member.createdAt)),
  }
}

const isAdmin = ({ role }: Member): boolean => role === "owner" || role === "admin"

export function budgetRow(project: Stored<"project">, interval: Interval, startedAt: number): JsonObject | undefined {
  const window: WindowKind = intervals[interval]
  const { budgets, budgetTimes }: Project = project.body
  const nano = budgets[window]
  if (nano === undefined) return undefined
  const made = madeAt(project, startedAt)
  const { createdAt = made, updatedAt = project.updatedAt ?? made } = budgetTimes?.[window] ?? {}
  const workspace = workspaceIdOf(project.id)
  return {
    id: derivedId("workspace budget", workspace, interval),
    workspace_id: workspace,
    limit_usd: usd(nano),
    reset_interval: window === "total" ? null : window,
    created_at: timeText(createdAt),
    updated_at: timeText(updatedAt),
  }
}
