import { isObject, type Json, type JsonObject, type NativeSummary, type ReplyPatch } from "../../../contract/index.ts"
import { faceOf } from "../../faces/index.ts"
import { roundUsd } from "../../faces/usage.ts"
import { type Changes, memberOf, type ObjectSpan, objectAt, patchObject, valueText } from "../../json-text/index.ts"
import { encodeUsage } from "../client/response-object.ts"
import { decodeEnding } from "../reply/status.ts"
import { decodeUsage } from "../usage.ts"

/** How the text at hand is read and written: as it is, or as a latin1 view of its bytes. */
export interface TextForm {
  readonly parse: (text: string) => Json
  readonly print: (value: Json) => string
}

/** Keys without which OpenRouter's SDK refuses a response, and what stands there when the upstream leaves them out. */
const demanded: JsonObject = {
  completed_at: null,
  error: null,
  incomplete_details: null,
  instructions: null,
  metadata: null,
  temperature: null,
  top_p: null,
  presence_penalty: null,
  frequency_penalty: null,
  tools: [],
  tool_choice: "auto",
  parallel_tool_calls: true,
}

/** The response objects of one answer: the same id and model in all, and what its last one tells. */
export class ResponsePatcher {
  readonly #patch: ReplyPatch
  readonly #summary: NativeSummary
  readonly #form: TextForm

  constructor(patch: ReplyPatch, summary: NativeSummary, form: TextForm) {
    this.#patch = patch
    this.#summary = summary
    this.#form = form
  }

  /** A response object in the middle of an answer. */
  patch(text: string, span: ObjectSpan): string {
    this.#learn(text, span)
    return patchObject(text, span, this.#identity(span))
  }

  /** The last one: its usage gets its cost, or is estimated where the upstream told none. */
  finish(text: string, span: ObjectSpan): string {
    this.#learn(text, span)
    const changes = this.#identity(span)
    changes.set("usage", this.#usage(text, span))
    const ending = decodeEnding(this.#fields(text, span), { called: false, refused: false })
    if ("raw" in ending) this.#summary.finish = ending.raw
    return patchObject(text, span, changes)
  }

  /** Usage that a failed answer tells of. */
  usageOf(text: string, span: ObjectSpan): void {
    const member = memberOf(span, "usage")
    const raw = member && this.#form.parse(valueText(text, member))
    if (isObject(raw)) this.#summary.usage = decodeUsage(raw, [])
  }

  field(text: string, span: ObjectSpan, key: string): Json | undefined {
    const member = memberOf(span, key)
    return member && this.#form.parse(valueText(text, member))
  }

  #fields(text: string, span: ObjectSpan): JsonObject {
    const out: JsonObject = {}
    for (const key of ["status", "incomplete_details"]) {
      const value = this.field(text, span, key)
      if (value !== undefined) out[key] = value
    }
    return out
  }

  #identity(span: ObjectSpan): Map<string, string | undefined> & Changes {
    const { print } = this.#form
    const { id, model, face, echo } = this.#patch
    const changes = new Map<string, string | undefined>([
      ["id", print(id)],
      ["model", print(model)],
    ])
    for (const key in echo) changes.set(key, print(echo[key] ?? null))
    if (!memberOf(span, "object")) changes.set("object", '"response"')
    if (face === "openrouter")
      for (const [key, value] of Object.entries(demanded)) if (!memberOf(span, key)) changes.set(key, print(value))
    return changes
  }

  #learn(text: string, span: ObjectSpan): void {
    for (const [key, field] of [
      ["id", "upstreamId"],
      ["model", "upstreamModel"],
    ] as const) {
      const value = this.#summary[field] === undefined ? this.field(text, span, key) : undefined
      if (typeof value === "string" && value !== "") this.#summary[field] = value
    }
  }

  #usage(text: string, span: ObjectSpan): string {
    const { print, parse } = this.#form
    const { price, estimate } = this.#patch
    const face = faceOf(this.#patch)
    const member = memberOf(span, "usage")
    const raw = member && valueText(text, member)
    const inner = raw === undefined ? undefined : objectAt(raw)
    const parsed = raw === undefined ? null : parse(raw)
    if (raw === undefined || !inner || !isObject(parsed)) {
      const usage = estimate(this.#summary.contentLength)
      this.#summary.usage = usage
      return print(encodeUsage(face, usage, price(usage)))
    }
    const output = text.includes('"web_search_call"') ? this.field(text, span, "output") : undefined
    const usage = decodeUsage(parsed, Array.isArray(output) ? output : [])
    this.#summary.usage = usage
    const cost = price(usage)
    const whole = encodeUsage(face, usage, cost)
    const changes = new Map([["cost", print(whole.cost ?? roundUsd(cost))]])
    if (isObject(whole.cost_details))
      for (const key of ["is_byok", "cost_details"]) changes.set(key, print(whole[key]!))
    // Libraries of both kinds look into these without asking whether they are there.
    for (const key of ["input_tokens_details", "output_tokens_details", "total_tokens"])
      if (!memberOf(inner, key)) changes.set(key, print(whole[key] ?? null))
    return patchObject(raw, inner, changes)
  }
}
