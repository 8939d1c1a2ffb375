import { blob, index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core"

/**
 * The tables. Money is integer nano-dollars, times are milliseconds UTC. After a change here run `drizzle-kit generate
 * --dialect sqlite --schema src/store/schema.ts --out src/store/migrations` and add the new file to `migrations.ts`;
 * a test compares what the migrations make with what is described here. `WITHOUT ROWID`, which drizzle cannot say, is added by hand: such a
 * table is one tree instead of two. Released migrations never change.
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
  /** `KeyRouting` as JSON. */
  routing: text("routing"),
  /** `KeyDetails` as JSON: whose it is, what else it may do, labels. */
  details: text("details"),
})

/**
 * What each account (a key, a member, a group …) has spent on each day that it spent something, and in all on day 0; written in the
 * transaction that writes the generations it sums. Days are needed for as long as the longest window.
 */
export const spending = sqliteTable(
  "spending",
  {
    account: text("account").notNull(),
    /** First millisecond of the UTC day; 0: since ever. */
    day: integer("day").notNull(),
    /** With the gateway's own credentials, and with those that somebody brought. */
    spentNano: integer("spent_nano").notNull(),
    byokNano: integer("byok_nano").notNull(),
    requests: integer("requests").notNull(),
  },
  (table) => [primaryKey({ columns: [table.account, table.day] })],
)

/** Whatever else belongs to the organisation: members, groups, guardrails, lists … The row of what is deleted is gone; `audit_log` has it. */
export const objects = sqliteTable(
  "objects",
  {
    kind: text("kind").notNull(),
    id: text("id").notNull(),
    /** JSON. */
    body: text("body").notNull(),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at"),
    /** Ids of the key and of the member that made it. */
    createdBy: text("created_by"),
    createdByMember: text("created_by_member"),
  },
  (table) => [primaryKey({ columns: [table.kind, table.id] })],
)

/** Every change that was made, in the transaction that made it. Its newest number tells other gateways of this store that something changed. */
export const auditLog = sqliteTable(
  "audit_log",
  {
    number: integer("number").primaryKey({ autoIncrement: true }),
    /** Ours, and the same when a transaction is written again. */
    id: text("id").notNull(),
    at: integer("at").notNull(),
    /** Null: the gateway itself. */
    actorKey: text("actor_key"),
    actorName: text("actor_name").notNull(),
    actorMember: text("actor_member"),
    address: text("address"),
    userAgent: text("user_agent"),
    requestId: text("request_id"),
    action: text("action").notNull(),
    kind: text("kind").notNull(),
    objectId: text("object_id").notNull(),
    /** JSON, without secrets. */
    before: text("before"),
    after: text("after"),
  },
  (table) => [
    uniqueIndex("audit_log_id").on(table.id),
    index("audit_log_at").on(table.at),
    index("audit_log_object").on(table.kind, table.objectId),
  ],
)

/** What was crossed, each once: the row that is there first decides, whoever writes it. */
export const alertFirings = sqliteTable(
  "alert_firings",
  {
    /** Id of the rule, account that it watches, and which of its thresholds. */
    alert: text("alert").notNull(),
    account: text("account").notNull(),
    threshold: text("threshold").notNull(),
    /** First millisecond of the window; 0: of one that never ends. */
    windowStart: integer("window_start").notNull(),
    /** What the threshold came to: a raised limit makes another one of it. */
    amountNano: integer("amount_nano").notNull(),
    /** Ours; receivers know doubles by it. */
    id: text("id").notNull(),
    firedAt: integer("fired_at").notNull(),
    /** `Alert` as JSON. */
    body: text("body").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.alert, table.account, table.threshold, table.windowStart, table.amountNano] }),
    uniqueIndex("alert_firings_id").on(table.id),
    index("alert_firings_fired").on(table.firedAt),
  ],
)

/** Who is to be told of a firing, and whether it was. Written with it. */
export const alertDeliveries = sqliteTable(
  "alert_deliveries",
  {
    firingId: text("firing_id").notNull(),
    destinationId: text("destination_id").notNull(),
    tries: integer("tries").notNull(),
    /** Who is at it, and until when nobody else is. */
    claimedBy: text("claimed_by").notNull(),
    claimedUntil: integer("claimed_until").notNull(),
    /** One of them when it is over. */
    deliveredAt: integer("delivered_at"),
    failedAt: integer("failed_at"),
    /** What the receiver answered last, and what went wrong. */
    status: integer("status"),
    error: text("error"),
  },
  (table) => [
    primaryKey({ columns: [table.firingId, table.destinationId] }),
    index("alert_deliveries_destination").on(table.destinationId),
  ],
)

/**
 * The ledger. One row is one transaction of it, because a row per generation costs five times as much (`bun test/bench/ledger.ts`): what
 * finished within the flush time is one text, as the requests' thread printed it, and nothing on the way parses its parts.
 */
export const generationBatches = sqliteTable(
  "generation_batches",
  {
    number: integer("number").primaryKey(),
    /** Ours, and the same when a batch is written again, which is how a replay is noticed. */
    id: text("id").notNull(),
    /** Batches that were written one after the other, about a thousand generations, share a bucket; it is the moment at which it was begun. */
    bucket: integer("bucket").notNull(),
    /** When the first and the last of its generations were billed. */
    firstAt: integer("first_at").notNull(),
    lastAt: integer("last_at").notNull(),
    /** How many generations it holds. */
    count: integer("count").notNull(),
    /** `LedgerEntry[]` as JSON, compressed by zstd: a twentieth of its size, so that writing it costs less than it would without. */
    entries: blob("entries", { mode: "buffer" }).notNull(),
  },
  (table) => [uniqueIndex("generation_batches_id").on(table.id), index("generation_batches_bucket").on(table.bucket)],
)

/**
 * Which bucket holds the generation with an id: its own id, the request's, and the upstream's when that is another one. Ids are random, and
 * an index over them costs more than all else that is written; a look-up reads these lines instead, the newest first, which takes eight
 * milliseconds per million generations in the thread of long reads.
 */
export const generationIds = sqliteTable("generation_ids", {
  bucket: integer("bucket").primaryKey(),
  /** CRC-32 of each id, four bytes; batches append theirs. Whoever looks up compares the id itself. */
  hashes: blob("hashes", { mode: "buffer" }).notNull(),
})

/**
 * What each batch adds to the sums of usage, until it is added to them: the requests' thread prints it, and the writer stores it as it is. See
 * `usage/compact.ts`.
 */
export const usageDeltas = sqliteTable("usage_deltas", {
  number: integer("number").primaryKey(),
  /** How many requests. */
  count: integer("count").notNull(),
  /** `UsageEntry[]` as JSON, compressed by zstd. */
  rows: blob("rows", { mode: "buffer" }).notNull(),
})

/** Sums per hour, and per day that is over, of each series: a column of numbers per measure, so that a question reads what it asks for. */
export const usageColumns = sqliteTable(
  "usage_columns",
  {
    span: text("span", { enum: ["hour", "day"] }).notNull(),
    /** First millisecond, UTC. */
    start: integer("start").notNull(),
    /** A measure, the series, or one of three that hold the times. */
    name: text("name").notNull(),
    /** See `usage/columns.ts`. */
    data: blob("data", { mode: "buffer" }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.span, table.start, table.name] })],
)

/** Texts of everything by which sums are told apart: keys, members, models, apps, sets of tags … */
export const usageValues = sqliteTable(
  "usage_values",
  { id: integer("id").primaryKey(), text: text("text").notNull() },
  (table) => [uniqueIndex("usage_values_text").on(table.text)],
)

/** What is summed together: numbers of values, in the order of `seriesFields` in `usage/entry.ts`. */
export const usageSeries = sqliteTable(
  "usage_series",
  { id: integer("id").primaryKey(), text: text("text").notNull() },
  (table) => [uniqueIndex("usage_series_text").on(table.text)],
)

/** What clients of each key write as they like, and on which day they first did: new words of a day are limited. */
export const usageWords = sqliteTable(
  "usage_words",
  {
    key: text("key").notNull(),
    field: text("field").notNull(),
    text: text("text").notNull(),
    since: integer("since").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.key, table.field, table.text] }),
    index("usage_words_since").on(table.since, table.key, table.field),
  ],
)

/** The number of the last time that batches were added to the sums; whoever takes a number that is taken has read what no longer holds. */
export const usageCompactions = sqliteTable("usage_compactions", { number: integer("number").primaryKey() })

/**
 * Answers of /responses that may be asked for again, or gone on with, each under the key that paid for it. They are large and few beside the
 * ledger's rows, and single ones are deleted, so each is a row.
 */
export const responses = sqliteTable(
  "responses",
  {
    id: text("id").primaryKey(),
    keyId: text("key_id").notNull(),
    createdAt: integer("created_at").notNull(),
    /** The answer that this one goes on with. */
    previousId: text("previous_id"),
    /** Set while it is made in the background: by then it ended, or whoever made it has said that it goes on. */
    aliveUntil: integer("alive_until"),
    /** `{"input":[…],"response":{…}}`, compressed by zstd. */
    body: blob("body", { mode: "buffer" }).notNull(),
  },
  (table) => [index("responses_created").on(table.createdAt)],
)

/** Which answer holds an item of the output whose id a vendor gave; ids of the gateway's own say it themselves. */
export const responseItems = sqliteTable(
  "response_items",
  {
    keyId: text("key_id").notNull(),
    itemId: text("item_id").notNull(),
    responseId: text("response_id").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.keyId, table.itemId] }),
    index("response_items_response").on(table.responseId),
  ],
)

/** What clients said of answers, merged. A row is where its generation's key put it, so that nobody else reads it. */
export const feedback = sqliteTable(
  "feedback",
  {
    generationId: text("generation_id").primaryKey(),
    keyId: text("key_id").notNull(),
    /** When the generation ended. */
    at: integer("at").notNull(),
    updatedAt: integer("updated_at").notNull(),
    /** JSON object. */
    data: text("data").notNull(),
  },
  (table) => [index("feedback_at").on(table.at)],
)

/**
 * What the API declares about routing: policies, aliases, presets with their versions, approvals. What the configuration file declares is
 * not here. The highest version counts; a row without a body says that it was deleted.
 */
export const declarations = sqliteTable(
  "declarations",
  {
    kind: text("kind", { enum: ["policy", "alias", "preset", "approval"] }).notNull(),
    name: text("name").notNull(),
    version: integer("version").notNull(),
    /** JSON. */
    body: text("body"),
    createdAt: integer("created_at").notNull(),
    /** Id of the key that made it. */
    createdBy: text("created_by"),
  },
  (table) => [primaryKey({ columns: [table.kind, table.name, table.version] })],
)

/** Documents that were fetched, as they were last good: public facts of models, upstreams' own lists. */
export const documents = sqliteTable("documents", {
  /** `models.dev`, `provider-list/<id>` */
  name: text("name").primaryKey(),
  url: text("url").notNull(),
  etag: text("etag"),
  fetchedAt: integer("fetched_at").notNull(),
  /** When it was last asked for with success, also when nothing had changed. */
  checkedAt: integer("checked_at").notNull(),
  /** What was made of it, as JSON compressed by zstd. */
  body: blob("body", { mode: "buffer" }).notNull(),
})

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

/**
 * Many values that plugins keep within bounds, remembered answers above all. Values are large, so the rows are in a tree of their own beside
 * the keys'; the vector stands before the value, because comparing vectors must not read values.
 */
export const pluginRows = sqliteTable(
  "plugin_rows",
  {
    plugin: text("plugin").notNull(),
    key: text("key").notNull(),
    /** Whose it is and what it is about, in the plugin's own words. */
    owner: text("owner"),
    topic: text("topic"),
    /** From then on it counts as absent; what never expires has the largest number there is. */
    expiresAt: integer("expires_at").notNull(),
    /** Of vector and value together. */
    bytes: integer("bytes").notNull(),
    /** Rows whose vectors are compared with each other. */
    cluster: text("cluster"),
    /** 32-bit floats, little-endian, as libSQL's vector functions take them. */
    vector: blob("vector", { mode: "buffer" }),
    value: blob("value", { mode: "buffer" }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.plugin, table.key] }),
    // With the sizes, so that making room reads the index alone.
    index("plugin_rows_expires").on(table.plugin, table.expiresAt, table.bytes),
    index("plugin_rows_cluster").on(table.plugin, table.cluster),
  ],
)

export const settings = sqliteTable("settings", {
  name: text("name").primaryKey(),
  value: text("value").notNull(),
})
