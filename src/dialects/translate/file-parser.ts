import { type ChatRequest, GatewayError, isObject, type Json } from "../../contract/index.ts"

const engines: Readonly<Record<string, NonNullable<ChatRequest["pdfReading"]>>> = {
  "pdf-text": "text",
  "cloudflare-ai": "text",
  "mistral-ocr": "ocr",
  native: "native",
}

/** The JSON text of `plugins` names the plugin that says how PDF is read, so somebody has to look. */
export const asksForFileParser = (plugins: string): boolean => plugins.includes('"file-parser"')

/**
 * `plugins: [{ id: "file-parser", pdf: { engine } }]` of OpenRouter's API (openrouter.ai/docs, PDF inputs). Throws `invalid_request` for
 * an engine that nobody knows: what is asked of the gateway itself is either done or refused.
 */
export const readFileParser = (plugins: Json | undefined): Pick<ChatRequest, "pdfReading"> => {
  if (!Array.isArray(plugins)) return {}
  const at = plugins.findIndex((plugin) => isObject(plugin) && plugin.id === "file-parser" && plugin.enabled !== false)
  const plugin = plugins[at]
  const engine = isObject(plugin) && isObject(plugin.pdf) ? plugin.pdf.engine : undefined
  if (engine === undefined || engine === null) return {}
  if (typeof engine === "string" && Object.hasOwn(engines, engine)) return { pdfReading: engines[engine]! }
  const param = `plugins[${at}].pdf.engine`
  throw new GatewayError("invalid_request", `${param}: must be one of ${Object.keys(engines).join(", ")}`, { param })
}
