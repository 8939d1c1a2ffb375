import { GatewayError, isObject, type Json, type JsonObject } from "../../contract/index.ts"
import type { ReadField } from "../../pipeline/fields.ts"
import { parseBody } from "../../pipeline/request.ts"
import { type BodyLimits, readBody, readForm } from "../body.ts"
import type { HttpServices } from "../services.ts"

const limitsOf = ({ pipeline }: HttpServices): BodyLimits => {
  const { limits } = pipeline.snapshot().config
  return { bytes: limits.bodyBytes, milliseconds: limits.bodyMs }
}

/** A JSON body that must be an object. */
export async function readJson(
  services: HttpServices,
  request: Request,
): Promise<{ readonly text: string; readonly body: JsonObject; readonly read: ReadField }> {
  const text = await readBody(request, limitsOf(services), services.pipeline.deadlines)
  const body = parseBody(text)
  if (!isObject(body)) throw new GatewayError("invalid_request", "The body must be a JSON object.")
  return { text, body, read: (key) => body[key] }
}

const isForm = (request: Request): boolean => /^multipart\/form-data\b/i.test(request.headers.get("content-type") ?? "")

/** A form or a JSON body, whichever the client sent. */
export async function readFormOrJson(
  services: HttpServices,
  request: Request,
): Promise<{ readonly text: string; readonly body: JsonObject | FormData; readonly read: ReadField }> {
  if (!isForm(request)) return readJson(services, request)
  const form = await readForm(request, limitsOf(services), services.pipeline.deadlines)
  return { text: "", body: form, read: (key) => formValue(form.get(key)) }
}

/** Forms hold texts; what looks like an object or a list is one (`provider`, `models`). */
function formValue(value: unknown): Json | undefined {
  if (typeof value !== "string") return undefined
  if (!/^\s*[[{]/.test(value)) return value
  try {
    return JSON.parse(value) as Json
  } catch {
    return value
  }
}
