import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { agentsTable } from "./agents-table.ts"
import { configTable } from "./config-table.ts"
import { errorTable } from "./error-table.ts"
import { providersTable, settingsTable } from "./providers-table.ts"

/** Writes the generated tables of the READMEs anew. Run it when what they are made of changed: errors, configuration, providers. */
const table = (title: string, text: string, content: string): string => {
  const start = text.indexOf("\n| ", text.indexOf(`## ${title}`)) + 1
  const end = text.indexOf("\n\n", start)
  return text.slice(0, start) + content + (end < 0 ? "\n" : text.slice(end))
}

const rewrite = (file: string, tables: Readonly<Record<string, string>>): void => {
  const path = join(import.meta.dir, "../..", file)
  const text = readFileSync(path, "utf8")
  writeFileSync(
    path,
    Object.entries(tables).reduce((whole, [title, content]) => table(title, whole, content), text),
  )
}

rewrite("README.md", { "Coding agents": agentsTable(), Configuration: configTable(), Errors: errorTable() })
rewrite("plugins/README.md", {
  "Providers of this repository": await providersTable(),
  "Settings of their plugins": await settingsTable(),
})
