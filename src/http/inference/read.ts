import { GatewayError, isObject, type Json, type JsonObject } from "../../contract/index.ts"
import { isTooDeep } from "../../dialects/json-text/index.ts"
import { type ReadField, tooDeep } from "../../pipeline/fields.ts"
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
  if (isForm(request))
    throw new GatewayError("invalid_request", "This route takes a JSON body and no form. Send application/json.")
  const text = await readBody(request, limitsOf(services), services.pipeline.deadlines)
  if (isTooDeep(text)) throw tooDeep()
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
  // A file of the largest size has its form around it.
  const limits = { ...limitsOf(services), frame: formFrameBytes }
  const form = await readForm(request, limits, services.pipeline.deadlines)
  return { text: "", body: form, read: (key) => formValue(form.get(key)) }
}

const formFrameBytes = 64 * 1024

/** Forms hold texts; what looks like an object or a list is one (`provider`, `models`). */
function formValue(value: unknown): Json | undefined {
  if (typeof value !== "string") return undefined
  if (!/^\s*[[{]/.test(value) || isTooDeep(value)) return value
  try {
    return JSON.parse(value) as Json
  } catch {
    return value
  }
}
