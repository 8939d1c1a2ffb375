import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { agentsTable } from "./agents-table.ts"
import { configTable } from "./config-table.ts"
import { errorTable } from "./error-table.ts"

/** Writes the README's generated tables anew. Run it when the error table or the configuration schema changed. */
const path = join(import.meta.dir, "../../README.md")
const table = (title: string, text: string, content: string): string => {
  const start = text.indexOf("\n| ", text.indexOf(`## ${title}`)) + 1
  const end = text.indexOf("\n\n", start)
  return text.slice(0, start) + content + text.slice(end)
}
const readme = readFileSync(path, "utf8")
const tables = { "Coding agents": agentsTable(), Configuration: configTable(), Errors: errorTable() }
writeFileSync(
  path,
  Object.entries(tables).reduce((text, [title, content]) => table(title, text, content), readme),
)
