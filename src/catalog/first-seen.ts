import { eq } from "drizzle-orm"
import { type Logger, messageOf } from "../contract/index.ts"
import type { Store } from "../store/open-store.ts"
import { settings } from "../store/schema.ts"

/** When each model was first known here. */
export interface FirstSeen {
  /** Milliseconds UTC; 0 for what was known from the beginning, undefined for what was never noted. */
  of(model: string): number | undefined
  /** Notes the names that are new. Those of the very first time are nothing new to anybody. */
  note(models: Iterable<string>): void
}

export interface FirstSeenOptions {
  readonly store: Pick<Store, "read" | "writer">
  readonly clock: { now(): number }
  readonly log: Logger
}

const settingName = "models_first_seen"

const save = `insert into settings (name, value) values (?, ?) on conflict (name) do update set value = excluded.value`

/** Reads what earlier runs have seen. The whole table is one value: it is written seldom, and read once. */
export async function openFirstSeen({ store, clock, log }: FirstSeenOptions): Promise<FirstSeen> {
  const seen = new Map<string, number>()
  const [row] = await store.read.select().from(settings).where(eq(settings.name, settingName))
  if (row) {
    try {
      for (const [model, at] of Object.entries(JSON.parse(row.value) as Record<string, number>)) seen.set(model, at)
    } catch (thrown) {
      log.error("what models were known earlier cannot be read; all of them are known from now on", {
        error: messageOf(thrown),
      })
    }
  }
  return {
    of: (model) => seen.get(model),
    note(models) {
      const at = seen.size === 0 ? 0 : clock.now()
      let added = false
      for (const model of models) {
        if (seen.has(model)) continue
        seen.set(model, at)
        added = true
      }
      if (!added) return
      const value = JSON.stringify(Object.fromEntries(seen))
      store.writer.commit([{ sql: save, args: [settingName, value] }]).catch((thrown) => {
        log.warn("which models are new could not be written; they will be new again after the next start", {
          error: messageOf(thrown),
        })
      })
    },
  }
}
