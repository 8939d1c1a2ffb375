import { Elysia } from "elysia"
import { readBody } from "../../bodies/read-body.ts"
import { type AttemptRecord, GatewayError, type Generation } from "../../contract/index.ts"
import { openrouterFace } from "../../dialects/faces/index.ts"
import { endOf } from "../../ledger/log/feedback.ts"
import { answer } from "../answer.ts"
import { authenticate } from "../auth.ts"
import { oneOf, orNull, readFields, text } from "../fields/fields.ts"
import { queryOf } from "../fields/query.ts"
import { findFor } from "../log/find.ts"
import { readObject } from "../managed.ts"
import { providerNames } from "../provider-names.ts"
import type { HttpServices } from "../services.ts"

const categories = [
  "latency",
  "incoherence",
  "incorrect_response",
  "formatting",
  "billing",
  "api_error",
  "other",
] as const

/** `/api/v1/generation/content` and `/feedback`: what was said in a finished request, and what is said of it. */
export const generationContent = (services: HttpServices) =>
  new Elysia({ name: "openrouter generation content" })
    .get(
      "/api/v1/generation/content",
      ({ request }) =>
        answer(services, openrouterFace, async () => {
          const by = authenticate(services.keys, request, "any")
          const id = queryOf(request).get("id")
          if (!id) throw new GatewayError("invalid_request", 'Say which one: "?id=gen-…".', { param: "id" })
          return { data: await contentOf(services, await findFor(services, request, by, id, "bodies:read"), id) }
        }),
      { detail: { summary: "Prompt and answer of a finished request, where they are kept", tags: ["OpenRouter"] } },
    )
    .post(
      "/api/v1/generation/feedback",
      ({ request }) =>
        answer(services, openrouterFace, async () => {
          const by = authenticate(services.keys, request, "any")
          const body = await readObject(services, request)
          const given = readFields(body, {
            generation_id: ["id", text],
            category: ["category", oneOf(...categories)],
            comment: ["comment", orNull(text)],
          })
          const { id, category, comment } = given as { id?: string; category?: string; comment?: string | null }
          if (id === undefined) throw missing("generation_id")
          if (category === undefined) throw missing("category")
          const found = await findFor(services, request, by, id, "feedback:write")
          if (!found) throw notFound(id, "generation_id")
          await services.feedback.put(found.id, "any", { category, ...(comment ? { comment } : {}) })
          return { data: { success: true } }
        }),
      { parse: "none", detail: { summary: "What is wrong with an answer", tags: ["OpenRouter"] } },
    )

const missing = (field: string): GatewayError =>
  new GatewayError("invalid_request", `"${field}" is missing.`, { param: field })

const notFound = (id: string, param: string): GatewayError =>
  new GatewayError("not_found", `There is no generation "${id.slice(0, 100)}".`, { param })

const problems = {
  sealed: "The prompt and the answer were encrypted with another key than the present bodies.encryption_key.",
  damaged: "The file that the prompt and the answer were kept in is damaged.",
  unreadable: "The folder that prompts and answers are kept in cannot be read.",
} as const

/** All fields that `@openrouter/sdk` validates (openrouter.ai/docs get-generation-content). */
async function contentOf(services: HttpServices, found: Generation | undefined, id: string): Promise<object> {
  if (!found) throw notFound(id, "id")
  const { body, problem } = await services.bodies.find(found.id, endOf(found))
  if (problem) throw new GatewayError("conflict", problems[problem])
  if (!body)
    throw new GatewayError("not_found", `Prompt and answer of "${id.slice(0, 100)}" are not kept.`, { param: "id" })
  const { input, completion, reasoning } = readBody(body)
  return {
    input,
    output: { completion, reasoning },
    error: errorOf(found, providerNames(services)),
    cut: { input: body.requestCut, output: body.answerCut },
  }
}

function errorOf({ status, errorCode, attempts, provider }: Generation, nameOf: (provider: string) => string) {
  if (status < 400 && errorCode === undefined) return null
  const failures = attempts.filter(({ outcome }) => outcome === "failed")
  const told = (attempt: AttemptRecord) => ({
    code: attempt.status,
    message: attempt.reason ?? attempt.code ?? "",
    provider_name: nameOf(attempt.provider),
    raw: attempt.reason ?? null,
  })
  const last = failures.at(-1)
  return {
    message: last?.reason ?? errorCode ?? null,
    provider_name: provider === "" ? (last ? nameOf(last.provider) : null) : nameOf(provider),
    raw: last?.reason ?? null,
    status,
    previous_errors: failures.slice(0, -1).map(told),
  }
}
