import type { JsonObject } from "../../contract/json.ts"
import { environmentLine } from "../../http/docs/render.ts"

/** Puts variables into a file of `NAME=value` lines: in place of the lines that set them, otherwise at the end. */
export const editEnv = (text: string, wanted: JsonObject): string => {
  const ending = text.includes("\r\n") ? "\r\n" : "\n"
  const lines = text === "" ? [] : text.split(/\r?\n/)
  if (lines.at(-1) === "") lines.pop()
  for (const [name, value] of Object.entries(wanted)) {
    const fresh = environmentLine(name, String(value))
    const sets = new RegExp(`^\\s*(export\\s+)?${name}\\s*=`)
    const places = lines.flatMap((line, index) => (sets.test(line) ? [index] : []))
    // The last one counts for those who read it, so each is brought up to date.
    for (const place of places) lines[place] = `${sets.exec(lines[place]!)?.[1] ?? ""}${fresh}`
    if (places.length === 0) lines.push(fresh)
  }
  return lines.map((line) => line + ending).join("")
}
