import { type Exclusion, GatewayError, type JsonObject } from "../../../contract/index.ts"
import { type Denial, notAllowed } from "../../access/access.ts"
import { roomFor } from "../filters/fit.ts"
import { type Constraint, constraints, type Excluded } from "../filters/question.ts"
import type { Inquiry } from "../inquiry.ts"
import { readings } from "../targets/reference.ts"
import { docsOf } from "./availability.ts"
import { fieldOf, ruleOf } from "./rules.ts"
import { goneWords } from "./successor.ts"

/** The error where no offer of a request passed: the rule that took most, whom it took, and what to change. */
export function nothingLeft(inquiry: Inquiry, excluded: readonly Excluded[]): GatewayError {
  const [worst] = byConstraint(excluded)
  if (!worst) return noEndpoints(inquiry, excluded, "No provider has it.", "model")
  const [constraint, offers] = worst
  const [first] = offers
  switch (constraint) {
    case "key_models":
    case "approved_models":
    case "access_list":
      return withReason(inquiry, notAllowed(inquiry.model, first!.objection as Denial), constraint, excluded)
    case "guardrail_region":
      return withReason(inquiry, wrongAddress(inquiry, first!), constraint, excluded)
    case "guardrail_models":
    case "guardrail_providers":
    case "guardrail_zdr":
    case "guardrail_training":
      return withReason(inquiry, outsideGuardrails(inquiry, excluded), constraint, excluded)
    case "ability":
      return withReason(inquiry, notMeantForIt(inquiry, first!), constraint, excluded)
    case "door":
      if (inquiry.door?.strict !== true) break
      return withReason(inquiry, outside(inquiry, inquiry.door.region, offers), constraint, excluded)
    case "context_length":
      return withReason(inquiry, tooLong(inquiry, offers), constraint, excluded)
    case "shutdown":
      return noEndpoints(inquiry, excluded, goneWords(inquiry.snapshot.catalog, first!.offer), "model")
  }
  const param = sayerOf(inquiry, constraint) ? "model" : fieldOf(constraint)
  return noEndpoints(inquiry, excluded, told(inquiry, excluded), param)
}

/** Who says something about providers that the request itself does not. */
interface Sayer {
  readonly name: string
  readonly advice: string
}

/** Whose word a rule goes by; undefined: the request's own, or nobody's. */
function sayerOf(inquiry: Inquiry, constraint: Constraint): Sayer | undefined {
  const field = fieldOf(constraint)
  if (!field.startsWith("provider.")) return undefined
  const { preferences, preset, principal, snapshot } = inquiry
  const says = (said: JsonObject | undefined) => said?.[field.slice("provider.".length)] !== undefined
  if (says(preferences?.sent)) return undefined
  if (says(preset?.provider))
    return { name: `the preset "${preset!.name}"`, advice: "Ask without the preset, or change it." }
  if (says(principal.routing?.provider))
    return { name: "the key", advice: "Ask for a model that fits, or use another key." }
  if (says(snapshot.config.routing.provider))
    return { name: "the configuration", advice: "Ask for a model that fits, or change routing.provider." }
  return { name: `"${inquiry.model}"`, advice: "Leave out what stands behind the name, or ask for another model." }
}

/** A name that asks for what costs nothing, where there is nothing such. */
const isFreeEnded = (inquiry: Inquiry, constraint: Constraint | undefined): boolean =>
  constraint === "max_price" && readings(inquiry.model).at(-1)!.suffixes.includes("free")

/** The rules that took something, the one that took most first; of equals the one that is asked first. */
function mostFirst<T>(taken: readonly T[], by: (one: T) => string): readonly (readonly [Constraint, readonly T[]])[] {
  return constraints
    .map((constraint) => [constraint, taken.filter((one) => by(one) === constraint)] as const)
    .filter(([, offers]) => offers.length > 0)
    .sort(([, left], [, right]) => right.length - left.length)
}

const byConstraint = (excluded: readonly Excluded[]) => mostFirst(excluded, ({ objection }) => objection.constraint)

/** The same of what a plan left out: which rule a refusal is about. */
export const ruleThatTookMost = (excluded: readonly Exclusion[]): Constraint | undefined =>
  mostFirst(excluded, ({ constraint }) => constraint)[0]?.[0]

/** More would drown what the message is about; the generation's record has them all. */
const shown = 4

/** `provider.zdr excludes openai (…), azure (…); provider.only excludes groq (…). Leave zdr out.` */
function told(inquiry: Inquiry, excluded: readonly Excluded[]): string {
  const taken = byConstraint(excluded)
  const sentences = taken.map(([constraint, offers]) => {
    const all = [...new Set(offers.map(({ offer, objection }) => `${offer.provider} (${objection.detail})`))]
    const names = all.length > shown ? [...all.slice(0, shown), `${all.length - shown} more`] : all
    const sayer = sayerOf(inquiry, constraint)
    const { name, field = name ?? constraint } = ruleOf(constraint) ?? {}
    return `${field}${sayer ? ` of ${sayer.name}` : ""} excludes ${names.join(", ")}`
  })
  const [constraint] = taken[0]!
  const { advice } = sayerOf(inquiry, constraint) ?? ruleOf(constraint) ?? { advice: "" }
  return `${sentences.join("; ")}. ${advice}`.trim()
}

/** Begins as OpenRouter's does, which its clients look for. */
function noEndpoints(inquiry: Inquiry, excluded: readonly Excluded[], words: string, param: string): GatewayError {
  const error = new GatewayError("no_endpoints", `No endpoints found for "${inquiry.model}". ${words}`, { param })
  return withReason(inquiry, error, byConstraint(excluded)[0]?.[0], excluded)
}

function withReason(
  inquiry: Inquiry,
  error: GatewayError,
  constraint: Constraint | undefined,
  excluded: readonly Excluded[],
): GatewayError {
  const rule = constraint && ruleOf(constraint)
  const by = new Set(excluded.flatMap(({ objection }) => ruleOf(objection.constraint)?.excludedBy ?? []))
  const providers = [...new Set(excluded.map(({ offer }) => offer.provider))]
  const code = isFreeEnded(inquiry, constraint) ? "free_variant_ended" : (rule?.code ?? "no_endpoints")
  error.availability = {
    code,
    retryable: false,
    requested_models: inquiry.names,
    docs_url: docsOf(code),
    ...(providers.length === 0 ? {} : { affected_providers: providers }),
    ...(by.size === 0 ? {} : { excluded_by: [...by] }),
    ...(rule?.field && rule.field !== "model" ? { constraint: { field: rule.field, detail: error.message } } : {}),
  }
  return error
}

/** A mistake, and nothing that would be otherwise tomorrow (openrouter.ai/docs, errors: `wrong_endpoint`). */
const notMeantForIt = ({ model }: Inquiry, { offer, objection }: Excluded): GatewayError =>
  new GatewayError(
    "invalid_request",
    `No endpoints found for "${model}". "${model}" ${objection.detail} at ${offer.live.name}, nor at any other configured provider of it. Ask for another model, or call the route that it is for.`,
    { param: "model" },
  )

/** In OpenRouter's words, which its clients know. */
const outsideGuardrails = (inquiry: Inquiry, excluded: readonly Excluded[]): GatewayError =>
  new GatewayError(
    "no_endpoints",
    `No endpoints available matching your guardrail restrictions and data policy for "${inquiry.model}". ${told(inquiry, excluded)}`,
    { param: "model" },
  )

const wrongAddress = ({ model }: Inquiry, { objection }: Excluded): GatewayError =>
  new GatewayError("region_restricted", `"${model}" is not reached by this address: ${objection.detail}.`, {
    param: "model",
  })

const outside = ({ model }: Inquiry, region: string, offers: readonly Excluded[]): GatewayError =>
  new GatewayError(
    "region_restricted",
    `This address stays in "${region}", and no provider of "${model}" is known to be there: ${offers
      .slice(0, shown)
      .map(({ offer, objection }) => `${offer.provider} ${objection.detail}`)
      .join(", ")}. Use another model, or the address without a region.`,
    { param: "model" },
  )

/** Both numbers in the words by which clients know that they must shorten a conversation. */
function tooLong({ model, demand }: Inquiry, offers: readonly Excluded[]): GatewayError {
  const roomiest = offers
    .map(({ offer }) => offer)
    .reduce((best, offer) => ((roomFor(offer) ?? 0) > (roomFor(best) ?? 0) ? offer : best))
  return new GatewayError(
    "context_length_exceeded",
    `The input is too long for "${model}": about ${demand.inputTokens(roomiest)} tokens, limit ${roomFor(roomiest)}. Shorten it, or ask for a model with a larger context.`,
    { retry: "no" },
  )
}
