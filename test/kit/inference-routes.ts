import { openrouterFace, requestyFace } from "../../src/dialects/faces/index.ts"
import { gemini } from "../../src/http/inference/gemini.ts"
import { inference } from "../../src/http/inference/inference.ts"
import { openrouterImages } from "../../src/http/openrouter/images.ts"
import type { HttpServices } from "../../src/http/services.ts"

/** The routes of the application itself, so that a new one is tried as well. */
const none = {} as HttpServices
const routes = [
  ...inference(none, { face: requestyFace, prefix: "/v1" }).routes,
  ...inference(none, { face: openrouterFace, prefix: "/api/v1" }).routes,
  ...gemini(none).routes,
  ...openrouterImages(none).routes,
]
  .filter(({ method, path }) => method === "POST" && !path.includes(":id"))
  .map(({ path }) => path)
const geminiMethods = ["generateContent", "streamGenerateContent", "countTokens", "embedContent", "batchEmbedContents"]

/** Every path at which a model can be called; `{model}` where the address names it. */
export const inferencePaths: readonly string[] = routes.flatMap((path) =>
  path.endsWith("*") ? geminiMethods.map((method) => path.replace("*", `{model}:${method}`)) : [path],
)

/** Nobody pays for a count. */
export const isFree = (path: string): boolean => /count|input_tokens/i.test(path)

export const kindOf = (path: string): string => {
  if (/embed/i.test(path)) return "embeddings"
  if (path.includes("rerank")) return "rerank"
  if (path.includes("images")) return "images"
  if (path.includes("speech")) return "speech"
  return path.includes("transcriptions") || path.includes("translations") ? "transcription" : "chat"
}

const png = `data:image/png;base64,${btoa("\x89PNG\r\n\x1a\n0000")}`
const fileOf = (path: string) =>
  path.includes("edits")
    ? { image: png }
    : kindOf(path) === "transcription"
      ? { file: `data:audio/wav;base64,${btoa("RIFF1234WAVEfmt ")}` }
      : {}

/** The least that a path is asked. */
export const leastBody = (path: string, model: string): object =>
  path.includes("{model}")
    ? {
        contents: [{ role: "user", parts: [{ text: "x" }] }],
        content: { parts: [{ text: "x" }] },
        requests: [{ content: { parts: [{ text: "x" }] } }],
      }
    : {
        model,
        // In Responses it names a template.
        ...(path.includes("responses") ? {} : { prompt: "x" }),
        messages: [{ role: "user", content: "x" }],
        input: "x",
        query: "x",
        documents: ["x"],
        voice: "x",
        max_tokens: 16,
        ...fileOf(path),
      }
