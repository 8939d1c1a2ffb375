import { and, eq } from "drizzle-orm"
import type { Storage } from "../contract/plugin.ts"
import type { Store } from "./open-store.ts"
import { pluginKv } from "./schema.ts"

/** What `context.storage` of one plugin is: rows under its name, on the disk when `set` and `delete` resolve. */
export const pluginStorage = (store: Store, plugin: string, clock: { now(): number }): Storage => ({
  get: async (key) => {
    const [row] = await store.read
      .select({ value: pluginKv.value, expiresAt: pluginKv.expiresAt })
      .from(pluginKv)
      .where(and(eq(pluginKv.plugin, plugin), eq(pluginKv.key, key)))
      .limit(1)
    if (row === undefined || (row.expiresAt !== null && row.expiresAt <= clock.now())) return undefined
    return row.value
  },
  set: async (key, value, ttlMs) => {
    const now = clock.now()
    await store.writer.commit([
      { sql: "delete from plugin_kv where plugin = ? and expires_at <= ?", args: [plugin, now] },
      {
        sql: "insert into plugin_kv (plugin, key, value, expires_at) values (?, ?, ?, ?) on conflict (plugin, key) do update set value = excluded.value, expires_at = excluded.expires_at",
        args: [plugin, key, value, ttlMs === undefined ? null : now + ttlMs],
      },
    ])
  },
  delete: async (key) => {
    await store.writer.commit([{ sql: "delete from plugin_kv where plugin = ? and key = ?", args: [plugin, key] }])
  },
})
