import { Elysia } from "elysia"
import { type CachePurge, GatewayError } from "../../contract/index.ts"
import { documented } from "../documented.ts"
import { text } from "../fields/fields.ts"
import { type Asked, managed } from "../managed.ts"
import type { HttpServices } from "../services.ts"

const detail = documented("Admin")

/** `/admin/cache`: what is remembered, and how to forget it. */
export const adminCache = (services: HttpServices) => {
  return new Elysia({ name: "admin cache" })
    .get(
      "/admin/cache",
      ({ request }) => managed(services, request, "GET /admin/cache", () => figures(services)),
      detail("Caches: entries, sizes, hits and misses"),
    )
    .delete(
      "/admin/cache",
      ({ request }) =>
        managed(services, request, "DELETE /admin/cache", async (asked) => ({ purged: await purge(services, asked) })),
      detail("Forget remembered answers: all, or those of ?key_id= and ?model="),
    )
}

async function figures({ caches, pipeline }: HttpServices): Promise<object> {
  const { enabled, ttlSeconds, share, coalesce } = pipeline.snapshot().config.cache
  const found = await caches.figures()
  return {
    data: found.map(({ name, match, stats, error }) => ({ name, match, ...stats, error: error ?? null })),
    enabled,
    ttl_seconds: ttlSeconds,
    share,
    coalesce,
    under_way: pipeline.flights.size,
    waiting: [...pipeline.flights.values()].reduce((sum, { waiting }) => sum + waiting, 0),
  }
}

async function purge(services: HttpServices, { query, actor }: Asked): Promise<Readonly<Record<string, number>>> {
  const which = readPurge(services, query)
  const { keyId = null, model = null } = which
  const purged = await services.caches.purge(which)
  const after = { key_id: keyId, model, purged: { ...purged } }
  await services.audit.note({ action: "purge", kind: "cache", id: "cache", before: null, after }, actor)
  return purged
}

function readPurge(services: HttpServices, query: URLSearchParams): CachePurge {
  for (const name of query.keys())
    if (name !== "key_id" && name !== "model")
      throw new GatewayError("invalid_request", `There is no parameter "${name}". Parameters: key_id, model.`, {
        param: name,
      })
  // One that is empty is a mistake, and must not mean everything.
  const read = (name: string) => (query.has(name) ? text(query.get(name), name) : undefined)
  const [key, model] = [read("key_id"), read("model")]
  return {
    ...(key === undefined ? {} : { keyId: idOf(services, key) }),
    ...(model === undefined ? {} : { model }),
  }
}

/** People know keys by their names. An id of a key that is gone is an id all the same. */
const idOf = ({ keys }: HttpServices, named: string): string =>
  keys.list().find(({ keyId, name }) => keyId === named || name === named)?.keyId ?? named
