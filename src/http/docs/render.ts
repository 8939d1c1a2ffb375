import type { JsonObject } from "../../contract/json.ts"
import type { AgentFile } from "./agent.ts"

/** The text of a file that holds nothing else. Ends with a line break. */
export function renderContent(form: AgentFile["form"], content: JsonObject): string {
  switch (form) {
    case "json":
      return `${JSON.stringify(content, null, 2)}\n`
    case "toml":
      return `${Bun.TOML.stringify(content).trimEnd()}\n`
    case "env":
      return Object.entries(content)
        .map(([name, value]) => `${environmentLine(name, String(value))}\n`)
        .join("")
  }
}

/** Quotes only where a reader of such files would end the value early. */
export const environmentLine = (name: string, value: string): string =>
  /[\s#'"\\]/.test(value) ? `${name}=${JSON.stringify(value)}` : `${name}=${value}`

/** Where a file is, for people: one path, or one per system. */
export const placeOf = ({ folder, names }: AgentFile): readonly string[] =>
  (typeof folder === "string" ? [folder] : Object.values(folder)).map((path) => `${path}/${names[0]}`)
