import type { DocumentState } from "../facts/refresh/refresh-types.ts"
import { timeOrNull } from "./shown.ts"

/** A source of facts as it stands in `GET /admin/catalog` and `GET /admin/state`. */
export const documentRow = (document: DocumentState, now: number): Record<string, unknown> => ({
  document: document.name,
  provider: document.provider ?? null,
  url: document.url,
  fetched_at: timeOrNull(document.fetchedAt),
  checked_at: timeOrNull(document.checkedAt),
  age_seconds: document.checkedAt === undefined ? null : Math.max(0, Math.round((now - document.checkedAt) / 1000)),
  next_at: timeOrNull(document.dueAt),
  models: document.models,
  left_out: document.leftOut,
  complete: document.complete ?? null,
  failures: document.failures,
  error: document.error ?? null,
})
