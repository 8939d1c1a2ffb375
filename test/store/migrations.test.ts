import { afterAll, expect, test } from "bun:test"
import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { createClient } from "@libsql/client"
import { getTableConfig, type SQLiteTable } from "drizzle-orm/sqlite-core"
import { GatewayError } from "../../src/contract/errors.ts"
import { migrate } from "../../src/store/migrate.ts"
import { migrations } from "../../src/store/migrations.ts"
import * as schema from "../../src/store/schema.ts"
import {
  fixedClock,
  generation,
  NOW,
  newFolder,
  openTestStore,
  recordingLog,
  removeFolders,
  rowCount,
} from "./support.ts"

afterAll(removeFolders)

const memory = () => createClient({ url: ":memory:" })
const options = () => ({ log: recordingLog(), clock: fixedClock() })

test("every file of the folder is in the list, in order and word for word", () => {
  const folder = join(import.meta.dir, "../../src/store/migrations")
  const files = readdirSync(folder)
    .filter((name) => name.endsWith(".sql"))
    .sort()
  expect(migrations.map(({ name }) => `${name}.sql`)).toEqual(files)
  for (const { name, sql } of migrations) expect(sql).toBe(readFileSync(join(folder, `${name}.sql`), "utf8"))
})

test("the migrations make the tables that the schema describes", async () => {
  const client = memory()
  await migrate({ client, migrations, ...options() })
  const tables = Object.values(schema).map((table) => getTableConfig(table as SQLiteTable))
  const { rows } = await client.execute(
    "select name from sqlite_master where type = 'table' and name not like 'sqlite_%' order by name",
  )
  expect(rows.map(({ name }) => String(name))).toEqual([...tables.map(({ name }) => name), "applied_migrations"].sort())
  for (const table of tables) {
    const info = await client.execute(`pragma table_info(${table.name})`)
    const composite = table.primaryKeys.flatMap(({ columns }) => columns.map(({ name }) => name))
    expect(
      info.rows.map((row) => ({
        name: row.name,
        type: String(row.type).toLowerCase(),
        notNull: row.notnull === 1,
        key: Number(row.pk) > 0,
      })),
    ).toEqual(
      table.columns.map((column) => ({
        name: column.name,
        type: column.getSQLType(),
        notNull: column.notNull,
        key: column.primary || composite.includes(column.name),
      })),
    )
    const indexes = await client.execute(
      `select name from pragma_index_list('${table.name}') where origin = 'c' order by name`,
    )
    expect(indexes.rows.map(({ name }) => String(name))).toEqual(table.indexes.map(({ config }) => config.name).sort())
  }
})

test("a second run changes nothing", async () => {
  const client = memory()
  expect(await migrate({ client, migrations, ...options() })).toEqual(migrations.map(({ name }) => name))
  const before = await client.execute("select * from applied_migrations")
  let copies = 0
  const backup = async () => `copy-${++copies}`
  expect(await migrate({ client, migrations, backup, ...options() })).toEqual([])
  expect(copies).toBe(0)
  expect((await client.execute("select * from applied_migrations")).rows).toEqual(before.rows)
})

test("a database of the version before is copied, then brought up to date with its rows", async () => {
  const client = memory()
  await migrate({ client, migrations, ...options() })
  await client.execute("insert into settings (name, value) values ('kept', 'yes')")
  const copied: number[] = []
  const later = [
    ...migrations,
    {
      name: "9999_later",
      sql: "alter table settings add column note text;\n--> statement-breakpoint\ncreate table later (a integer);",
    },
  ]
  const ran = await migrate({
    client,
    migrations: later,
    backup: async (at) => `copy-${copied.push(at)}`,
    ...options(),
  })
  expect(ran).toEqual(["9999_later"])
  expect(copied).toHaveLength(1)
  expect((await client.execute("select name, value, note from settings")).rows[0]).toMatchObject({
    name: "kept",
    note: null,
  })
  expect((await client.execute("select count(*) as n from later")).rows[0]?.n).toBe(0)
})

test("migrations that were merged out of order are all applied", async () => {
  const client = memory()
  const [a, b, c] = ["a", "b", "c"].map((name) => ({ name, sql: `create table ${name} (x integer);` })) as [
    never,
    never,
    never,
  ]
  await migrate({ client, migrations: [a, c], ...options() })
  expect(await migrate({ client, migrations: [a, b, c], ...options() })).toEqual(["b"])
})

test("a migration that fails leaves nothing of itself behind", async () => {
  const client = memory()
  const broken = [{ name: "broken", sql: "create table half (x integer);\n--> statement-breakpoint\ncreate nonsense;" }]
  await expect(migrate({ client, migrations: broken, ...options() })).rejects.toThrow("nonsense")
  const { rows } = await client.execute("select name from sqlite_master where name = 'half'")
  expect(rows).toEqual([])
  expect((await client.execute("select * from applied_migrations")).rows).toEqual([])
})

test("a database of a newer program is refused by name and left alone", async () => {
  const client = memory()
  const newer = [...migrations, { name: "9999_future", sql: "create table future (x integer);" }]
  await migrate({ client, migrations: newer, ...options() })
  const refused = await migrate({ client, migrations, ...options() }).catch((error: unknown) => error)
  expect(GatewayError.is(refused)).toBe(true)
  expect((refused as GatewayError).message).toContain("9999_future")
})

test("a file is opened from nothing, again without change, and copied before it is migrated", async () => {
  const dataDir = newFolder()
  const first = await openTestStore(dataDir)
  first.writer.append(generation(), NOW)
  await first.close()
  const second = await openTestStore(dataDir)
  expect(await rowCount(second)).toBe(1)
  await second.close()
  expect(readdirSync(dataDir)).not.toContain("backups")

  const later = [...migrations, { name: "9999_later", sql: "create table later (x integer);" }]
  const third = await openTestStore(dataDir, { migrations: later })
  expect(await rowCount(third)).toBe(1)
  await third.close()
  const copies = readdirSync(join(dataDir, "backups"))
  expect(copies).toEqual(["signalbox-2026-03-04T12-00-00-000Z.db"])
  const copy = createClient({ url: `file:${join(dataDir, "backups", copies[0]!)}` })
  expect((await copy.execute("select sum(count) as n from generation_batches")).rows[0]?.n).toBe(1)
  expect((await copy.execute("select name from sqlite_master where name = 'later'")).rows).toEqual([])
  copy.close()
  await expect(openTestStore(dataDir)).rejects.toThrow("newer signalbox")
})

test("a file that is no database is refused with its path", async () => {
  const dataDir = newFolder()
  writeFileSync(join(dataDir, "signalbox.db"), "this is not a database, but long enough to be looked at".repeat(100))
  await expect(openTestStore(dataDir)).rejects.toThrow(join(dataDir, "signalbox.db"))
})
