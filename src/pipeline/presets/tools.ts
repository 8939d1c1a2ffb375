import { isObject, type Json } from "../../contract/index.ts"

/** What makes two tools one: a function's name, or the kind of a tool with its name (openrouter.ai, presets). */
function identityOf(tool: Json): string {
  if (!isObject(tool)) return JSON.stringify(tool)
  const inner = isObject(tool.function) ? tool.function : isObject(tool.custom) ? tool.custom : tool
  if (typeof inner.name === "string") return `name ${inner.name}`
  const parameters = isObject(tool.parameters) ? tool.parameters.name : undefined
  if (typeof tool.type === "string") return `type ${tool.type} ${typeof parameters === "string" ? parameters : ""}`
  // Gemini's tools are objects with one key each.
  return `key ${Object.keys(tool).toSorted().join(" ")}`
}

/** The preset's tools and the request's as one JSON array; of two that are the same the request's counts. */
export function unionOfTools(preset: readonly Json[], request: string): string {
  const own = JSON.parse(request) as Json
  if (!Array.isArray(own)) return own === null ? JSON.stringify(preset) : request
  const [declared, presetDeclared] = [declarationsOf(own), declarationsOf(preset)]
  if (declared && presetDeclared) return joinedDeclarations(own, declared, presetDeclared)
  const said = new Set(own.map(identityOf))
  return JSON.stringify([...preset.filter((tool) => !said.has(identityOf(tool))), ...own])
}

const declarationsKey = "functionDeclarations"

/** Gemini keeps all functions of a request in one tool. */
const declarationsOf = (tools: readonly Json[]): readonly Json[] | undefined => {
  const holder = tools.find((tool) => isObject(tool) && Array.isArray(tool[declarationsKey]))
  return isObject(holder) ? (holder[declarationsKey] as Json[]) : undefined
}

function joinedDeclarations(own: readonly Json[], declared: readonly Json[], added: readonly Json[]): string {
  const said = new Set(declared.map(identityOf))
  const all = [...added.filter((tool) => !said.has(identityOf(tool))), ...declared]
  return JSON.stringify(
    own.map((tool) =>
      isObject(tool) && tool[declarationsKey] === declared ? { ...tool, [declarationsKey]: all } : tool,
    ),
  )
}
