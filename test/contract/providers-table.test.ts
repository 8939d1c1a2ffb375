import { expect, test } from "bun:test"
import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { setUpBuiltIns } from "../kit/built-ins.ts"
import { providersTable, settingsTable } from "../kit/providers-table.ts"

const readme = await readFile(join(import.meta.dir, "../../plugins/README.md"), "utf8")
const rewrite = "write it anew: bun test/kit/readme.ts"

test("plugins/README.md has every provider with what it needs and can", async () => {
  expect(readme.includes(`\n${await providersTable()}\n`), rewrite).toBe(true)
  const ids = (await setUpBuiltIns()).flatMap(({ capabilities }) => (capabilities.providers ?? []).map(({ id }) => id))
  expect(ids.filter((id) => !readme.includes(`\n| \`${id}\``))).toEqual([])
})

test("and what their plugins read", async () => {
  expect(readme.includes(`\n${await settingsTable()}\n`), rewrite).toBe(true)
})
