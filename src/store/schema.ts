import { sql } from "drizzle-orm"
import { index, integer, primaryKey, real, sqliteTable, text } from "drizzle-orm/sqlite-core"

/**
 * The tables. Money is integer nano-dollars, times are milliseconds UTC. After a change here run `drizzle-kit generate
 * --dialect sqlite --schema src/store/schema.ts --out src/store/migrations` and add the new file to `migrations.ts`;
 * a test compares what the migrations make with what is described here. Released migrations never change.
 */

/** Who may call. Keys of the configuration file have a row as well, so that usage of a key that is gone still has a name. */
export const keys = sqliteTable("keys", {
  /** SHA-256 of the whole token in hex; the token itself is nowhere. */
  id: text("id").primaryKey(),
  name: text("name").notNull(),
  /** The token with its middle left out, for people to recognise it. */
  label: text("label").notNull(),
  kind: text("kind", { enum: ["inference", "management"] }).notNull(),
  source: text("source", { enum: ["file", "store"] }).notNull(),
  createdAt: integer("created_at").notNull(),
  updatedAt: integer("updated_at"),
  expiresAt: integer("expires_at"),
  disabled: integer("disabled", { mode: "boolean" }).notNull().default(false),
  limitNano: integer("limit_nano"),
  limitReset: text("limit_reset", { enum: ["daily", "weekly", "monthly", "never"] })
    .notNull()
    .default("never"),
  strict: integer("strict", { mode: "boolean" }).notNull().default(false),
  /** Id of the key that made this one. */
  createdBy: text("created_by"),
  /** The row stays when a key is deleted: its name belongs to the ledger. */
  deletedAt: integer("deleted_at"),
})

/** What a key has spent in a window; written in the transaction that writes the generations it sums. */
export const counters = sqliteTable(
  "counters",
  {
    keyId: text("key_id").notNull(),
    kind: text("kind", { enum: ["daily", "weekly", "monthly", "total"] }).notNull(),
    startsAt: integer("starts_at").notNull(),
    spentNano: integer("spent_nano").notNull(),
    requests: integer("requests").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.keyId, table.kind, table.startsAt] }),
    // The start reads the windows of the moment; updates do not touch this index.
    index("counters_window").on(table.kind, table.startsAt),
  ],
)

export const generations = sqliteTable(
  "generations",
  {
    /**
     * `<batch>.<position>`: ours, unique, and the same when a batch is written again, which is how a replay is noticed. The id
     * that the client saw cannot serve: upstreams choose it and some repeat it.
     */
    entry: text("entry").primaryKey(),
    /**
     * Rows that were written one after the other, about a thousand, share a bucket; it is the moment at which the bucket was begun. Ids are
     * random, and an index over all of them would change a page of its own for every row; in front of them the bucket keeps all
     * changes of a batch on a few pages. A look-up goes from bucket to bucket, the newest first.
     */
    bucket: integer("bucket").notNull(),
    id: text("id").notNull(),
    requestId: text("request_id").notNull(),
    upstreamId: text("upstream_id"),
    keyId: text("key_id").notNull(),
    createdAt: integer("created_at").notNull(),
    /** When it was billed; decides into which windows and which day it counts. */
    settledAt: integer("settled_at").notNull(),
    requestedModel: text("requested_model").notNull(),
    model: text("model").notNull(),
    provider: text("provider").notNull(),
    upstreamModel: text("upstream_model").notNull(),
    api: text("api").notNull(),
    face: text("face").notNull(),
    streamed: integer("streamed", { mode: "boolean" }).notNull(),
    cancelled: integer("cancelled", { mode: "boolean" }).notNull(),
    status: integer("status").notNull(),
    errorCode: text("error_code"),
    finishReason: text("finish_reason"),
    nativeFinishReason: text("native_finish_reason"),
    inputFresh: integer("input_fresh").notNull(),
    inputCacheRead: integer("input_cache_read").notNull(),
    inputCacheWrite: integer("input_cache_write").notNull(),
    inputCacheWrite1h: integer("input_cache_write_1h").notNull(),
    inputAudio: integer("input_audio").notNull(),
    inputImage: integer("input_image").notNull(),
    outputText: integer("output_text").notNull(),
    outputReasoning: integer("output_reasoning").notNull(),
    outputAudio: integer("output_audio").notNull(),
    outputImage: integer("output_image").notNull(),
    usageCounters: text("usage_counters"),
    usageEstimated: integer("usage_estimated", { mode: "boolean" }),
    reportedCostUsd: real("reported_cost_usd"),
    costNano: integer("cost_nano").notNull(),
    priceSource: text("price_source").notNull(),
    price: text("price"),
    durationMs: real("duration_ms").notNull(),
    firstPartMs: real("first_part_ms"),
    attempts: text("attempts").notNull(),
    losses: text("losses").notNull(),
    user: text("user"),
    sessionId: text("session_id"),
    origin: text("origin"),
    originTitle: text("origin_title"),
    userAgent: text("user_agent"),
    labels: text("labels"),
  },
  // Every index here costs each request a microsecond or more: ids are looked up, everything else is summed in `usage_rollups`.
  (table) => [
    index("generations_id").on(table.bucket, table.id),
    index("generations_request_id").on(table.bucket, table.requestId),
    // In the native lane the client sees the upstream's own id, and one index is enough.
    index("generations_upstream_id").on(table.bucket, table.upstreamId).where(sql`upstream_id <> id`),
  ],
)

/** Sums per day, key, model and provider, so that no screen and no API scans the log. */
export const usageRollups = sqliteTable(
  "usage_rollups",
  {
    /** First millisecond of the UTC day. */
    day: integer("day").notNull(),
    keyId: text("key_id").notNull(),
    model: text("model").notNull(),
    provider: text("provider").notNull(),
    requests: integer("requests").notNull(),
    failed: integer("failed").notNull(),
    cancelled: integer("cancelled").notNull(),
    inputTokens: integer("input_tokens").notNull(),
    cacheReadTokens: integer("cache_read_tokens").notNull(),
    cacheWriteTokens: integer("cache_write_tokens").notNull(),
    outputTokens: integer("output_tokens").notNull(),
    reasoningTokens: integer("reasoning_tokens").notNull(),
    costNano: integer("cost_nano").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.day, table.keyId, table.model, table.provider] }),
    index("usage_rollups_key_day").on(table.keyId, table.day),
  ],
)

/** What plugins keep. A row past `expires_at` counts as absent. */
export const pluginKv = sqliteTable(
  "plugin_kv",
  {
    plugin: text("plugin").notNull(),
    key: text("key").notNull(),
    value: text("value").notNull(),
    expiresAt: integer("expires_at"),
  },
  (table) => [primaryKey({ columns: [table.plugin, table.key] })],
)

export const settings = sqliteTable("settings", {
  name: text("name").primaryKey(),
  value: text("value").notNull(),
})
