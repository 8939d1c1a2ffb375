import type { DocumentState, RefreshParts } from "./refresh-types.ts"
import type { Tracked } from "./tracked.ts"
import { wantedOf } from "./wanted.ts"

/** What is known of each document that is wanted now. */
export function documentStates(parts: RefreshParts, tracked: (name: string) => Tracked): readonly DocumentState[] {
  const { airGapped, refreshMs } = parts.settings()
  const now = parts.now()
  return wantedOf(parts).map((wanted) => {
    const { copy, content, failures, error, dueAt } = describe(tracked(wanted.name), wanted.url)
    return {
      name: wanted.name,
      url: wanted.url,
      ...("upstream" in wanted ? { provider: wanted.upstream.id } : {}),
      fetchedAt: copy?.fetchedAt,
      checkedAt: copy?.checkedAt,
      dueAt: airGapped || refreshMs === 0 ? undefined : Math.max(now, dueAt(refreshMs, now)),
      models: content?.models ?? 0,
      leftOut: content?.leftOut ?? 0,
      ...(content?.complete === undefined ? {} : { complete: content.complete }),
      failures,
      ...(error === undefined ? {} : { error }),
    }
  })
}

const describe = (known: Tracked, url: string) => ({
  copy: known.copy,
  content: known.content,
  failures: known.failures,
  error: known.error,
  dueAt: (refreshMs: number, now: number) => known.dueAt(url, refreshMs, now),
})
