import { eq } from "drizzle-orm"
import { type Logger, messageOf } from "../contract/index.ts"
import type { Store } from "../store/open-store.ts"
import { settings } from "../store/schema.ts"

/** When each model was first known here. */
export interface FirstSeen {
  /** Milliseconds UTC; 0 for what was known from the beginning, undefined for what was never noted. */
  of(model: string): number | undefined
  /**
   * Notes the names that are new: `declared` by the file or a plugin, and those that public lists `know`. What is there at the very
   * first time is nothing new to anybody, nor is what the first lists know. Gives those that are news.
   */
  note(declared: Iterable<string>, known?: Iterable<string>): readonly string[]
}

export interface FirstSeenOptions {
  readonly store: Pick<Store, "read" | "writer">
  readonly clock: { now(): number }
  readonly log: Logger
}

const settingName = "models_first_seen"

/** The first lists of upstreams arrive some minutes after the very first start; what stands in them has long been there. */
const beginningMs = 3_600_000

interface Kept {
  /** When the first names were noted here. */
  readonly since: number
  readonly models: Readonly<Record<string, number>>
}

const save = `insert into settings (name, value) values (?, ?) on conflict (name) do update set value = excluded.value`

/** Reads what earlier runs have seen. The whole table is one value: it is written seldom, and read once. */
export async function openFirstSeen({ store, clock, log }: FirstSeenOptions): Promise<FirstSeen> {
  const seen = new Map<string, number>()
  let since: number | undefined
  const [row] = await store.read.select().from(settings).where(eq(settings.name, settingName))
  if (row) {
    try {
      const kept = JSON.parse(row.value) as Kept
      for (const [model, at] of Object.entries(kept.models)) seen.set(model, at)
      since = kept.since
    } catch (thrown) {
      log.error("what models were known earlier cannot be read; all of them are known from now on", {
        error: messageOf(thrown),
      })
    }
  }
  return {
    of: (model) => seen.get(model),
    note(declared, known = []) {
      const now = clock.now()
      const began = since ?? now
      const before = seen.size
      const news: string[] = []
      const add = (models: Iterable<string>, at: number) => {
        for (const model of models) {
          if (seen.has(model)) continue
          seen.set(model, at)
          if (at > 0) news.push(model)
        }
      }
      add(declared, since === undefined ? 0 : now)
      add(known, now - began < beginningMs ? 0 : now)
      if (seen.size === before) return news
      since = began
      const value = JSON.stringify({ since, models: Object.fromEntries(seen) } satisfies Kept)
      store.writer.commit([{ sql: save, args: [settingName, value] }]).catch((thrown) => {
        log.warn("which models are new could not be written; they will be new again after the next start", {
          error: messageOf(thrown),
        })
      })
      return news
    },
  }
}
