import { type CachePurge, type CacheStats, GatewayError, messageOf } from "../../contract/index.ts"
import type { Roster } from "../../host/roster.ts"

export interface CacheFigures {
  readonly name: string
  readonly match: "exact" | "similar"
  /** Undefined where it has none to show, or could not be asked. */
  readonly stats: CacheStats | undefined
  readonly error: string | undefined
}

/** What the caches of a roster hold. */
export const figuresOf = ({ caches }: Roster): Promise<readonly CacheFigures[]> =>
  Promise.all(
    caches.map(async ({ name, match = "exact", stats }): Promise<CacheFigures> => {
      try {
        return { name, match, stats: await stats?.(), error: undefined }
      } catch (thrown) {
        return { name, match, stats: undefined, error: messageOf(thrown) }
      }
    }),
  )

/**
 * Empties the caches of a roster of what is meant; gives how many entries went, by cache. Throws where one of them could not, or cannot
 * at all: whoever purges must know that it is not gone.
 */
export async function purgeCaches({ caches }: Roster, which: CachePurge): Promise<Readonly<Record<string, number>>> {
  const purged: Record<string, number> = {}
  const failed: string[] = []
  await Promise.all(
    caches.map(async ({ name, purge }) => {
      try {
        if (!purge) throw new Error("it has no purge")
        purged[name] = await purge(which)
      } catch (thrown) {
        failed.push(`${name} (${messageOf(thrown)})`)
      }
    }),
  )
  if (failed.length > 0)
    throw new GatewayError("plugin_failed", `Not everything was purged: ${failed.join(", ")}. Try again.`)
  return purged
}
