import { organisationId } from "../../../accounts/directory/ids.ts"
import type { Stored } from "../../../accounts/directory/types.ts"
import type { Principal } from "../../../accounts/principal.ts"
import type { Detector } from "../../../contract/index.ts"
import { timeOrNull, timeText, usdOrNull } from "../../shown.ts"
import { workspaceIdOf } from "../workspaces/id.ts"

/** A guardrail as OpenRouter shows it. */
export function guardrailRow(
  { id, body, createdAt, updatedAt }: Stored<"guardrail">,
  detectors: ReadonlyMap<string, Detector>,
): Record<string, unknown> {
  const { zdr = {}, contentFilters, contentFilterBuiltins } = body
  return {
    id,
    name: body.name,
    description: body.description ?? null,
    workspace_id: workspaceIdOf(body.projectId),
    limit_usd: usdOrNull(body.limitNano),
    reset_interval: body.resetInterval ?? null,
    include_byok_in_budgets: body.includeByokInBudgets ?? false,
    allowed_providers: body.allowedProviders ?? null,
    ignored_providers: body.ignoredProviders ?? null,
    allowed_models: body.allowedModels ?? null,
    ignored_models: body.ignoredModels ?? null,
    enforce_zdr: body.enforceZdr ?? null,
    enforce_zdr_anthropic: zdr.anthropic ?? null,
    enforce_zdr_openai: zdr.openai ?? null,
    enforce_zdr_google: zdr.google ?? null,
    enforce_zdr_xai: zdr.xai ?? null,
    enforce_zdr_other: zdr.other ?? null,
    content_filters:
      contentFilters?.map(({ pattern, action, label }) => ({ pattern, action, label: label ?? null })) ?? null,
    content_filter_builtins:
      contentFilterBuiltins?.map(({ slug, action, scanScope, allowlist }) => ({
        slug,
        action,
        label: detectors.get(slug)?.label ?? `[${slug.toUpperCase().replaceAll("-", "_")}]`,
        ...(scanScope === undefined ? {} : { scan_scope: scanScope }),
        ...(allowlist === undefined ? {} : { allowlist }),
      })) ?? null,
    enable_free_model_training: body.enableFreeModelTraining ?? null,
    enable_free_model_publication: body.enableFreeModelPublication ?? null,
    enable_paid_model_training: body.enablePaidModelTraining ?? null,
    allowed_data_regions: body.allowedDataRegions ?? null,
    created_at: timeText(createdAt),
    updated_at: timeOrNull(updatedAt),
  }
}

type Assignment = Stored<"guardrail-assignment">

/** One that came in the place of another is as old as the change. */
const common = ({ body, createdAt, updatedAt = createdAt }: Assignment) => ({
  id: body.publicId,
  guardrail_id: body.guardrailId,
  assigned_by: body.assignedBy ?? null,
  created_at: timeText(updatedAt),
})

export const keyAssignmentRow = (assignment: Assignment, key: Principal | undefined) => ({
  ...common(assignment),
  key_hash: assignment.body.keyId ?? "",
  key_name: key?.name ?? "",
  key_label: key?.label ?? "",
})

export const memberAssignmentRow = (assignment: Assignment) => ({
  ...common(assignment),
  user_id: assignment.body.memberId ?? "",
  organization_id: organisationId,
})
