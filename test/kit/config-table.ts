import { ConfigSchema } from "../../src/config/schema.ts"

interface Node {
  readonly description?: string
  readonly properties?: Readonly<Record<string, Node>>
  readonly items?: Node
  readonly patternProperties?: Readonly<Record<string, Node>>
}

/** The README's configuration reference, written from the schema. */
export function configTable(): string {
  const lines = ["| key | what |", "|---|---|"]
  const walk = (node: Node, path: string): void => {
    for (const [name, child] of Object.entries(node.properties ?? {})) {
      const here = path === "" ? name : `${path}.${name}`
      if (child.description) lines.push(`| \`${here}\` | ${child.description.replaceAll("|", "\\|")} |`)
      walk(child, here)
      if (child.items) walk(child.items, `${here}[]`)
      for (const inner of Object.values(child.patternProperties ?? {})) walk(inner, `${here}.NAME`)
    }
  }
  walk(ConfigSchema as Node, "")
  return lines.join("\n")
}
