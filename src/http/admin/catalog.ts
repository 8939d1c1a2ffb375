import { Elysia } from "elysia"
import type { RefreshResult } from "../../facts/refresh/refresh-types.ts"
import { documentRow } from "../document-row.ts"
import { documented } from "../documented.ts"
import { flag, readFields, text } from "../fields/fields.ts"
import { managed } from "../managed.ts"
import type { HttpServices } from "../services.ts"

const detail = documented("Admin")

/** `/admin/catalog`: what `signalbox models --refresh` uses while a gateway runs. Management keys only. */
export const adminCatalog = (services: HttpServices) => {
  return new Elysia({ name: "admin catalog" })
    .get(
      "/admin/catalog",
      ({ request }) => managed(services, request, "GET /admin/catalog", () => state(services)),
      detail("Where facts of models come from: sources, ages, counts, the last failure of each"),
    )
    .post(
      "/admin/catalog/refresh",
      ({ request }) =>
        managed(services, request, "POST /admin/catalog/refresh", async ({ body, actor }) => {
          const options = readFields(body, { force: ["force", flag], provider: ["provider", text] })
          const results = await services.catalog.refresh(options)
          const after = results.map(({ document, outcome }) => ({ document, outcome }))
          await services.audit.note({ action: "refresh", kind: "catalog", id: "catalog", before: null, after }, actor)
          return { data: results.map(resultRow) }
        }),
      detail("Ask for all of them now, or for the list of one provider"),
    )
}

async function state(services: HttpServices): Promise<object> {
  const documents = await services.catalog.documents()
  const { catalog } = services.pipeline.snapshot().config
  const now = services.pipeline.now()
  return {
    data: documents.map((document) => documentRow(document, now)),
    air_gapped: catalog.airGapped,
    refresh_hours: catalog.refreshMs / 3_600_000,
    upstream_lists: catalog.upstreamLists,
  }
}

const resultRow = ({ document, outcome, models, leftOut, error }: RefreshResult): Record<string, unknown> => ({
  document,
  outcome,
  models,
  left_out: leftOut,
  error: error ?? null,
})
