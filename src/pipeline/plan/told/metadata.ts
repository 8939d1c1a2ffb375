import { type GatewayError, isObject, type Json, type JsonObject } from "../../../contract/index.ts"
import type { Exchange } from "../../exchange.ts"
import { autoRouter, freeRouter } from "../targets/auto/routers.ts"

/** The fields that go beside those of the answer, or beside `error`. A fault of the gateway's own says nothing about itself. */
export function shownFields(exchange: Exchange, error?: GatewayError): JsonObject | undefined {
  const { shown, plan } = exchange
  if (!shown || error?.code === "internal") return undefined
  const fields: JsonObject = {}
  // Remembered answers never carry it (openrouter.ai/docs, router metadata).
  if (shown.metadata && !exchange.recalled) fields.openrouter_metadata = metadataOf(exchange, error)
  if (shown.plan && plan) fields.signalbox = { plan: plan.record as unknown as Json }
  return fields
}

function metadataOf(exchange: Exchange, error: GatewayError | undefined): JsonObject {
  const { plan, preset, attempts, answering } = exchange
  const planned = plan?.attempts ?? []
  const excluded = plan?.excluded ?? []
  // Attempts are written down by what the upstream calls the model.
  const publicName = (key: string) => planned.find(({ offer }) => offer.key === key)?.offer.model
  const selected = error ? undefined : answering?.offer
  return {
    requested: preset?.written.model ?? exchange.requestedModel,
    strategy: strategyOf(exchange),
    region: selected?.region ?? null,
    summary: summaryOf(exchange),
    attempt: attempts.length,
    is_byok: answering !== undefined && exchange.isBroughtWith(answering),
    endpoints: {
      total: planned.length + excluded.length,
      available: planned.map(({ offer }) => ({
        provider: offer.live.name,
        model: offer.model,
        selected: offer.key === selected?.key,
      })),
    },
    attempts: attempts.map(({ provider, model, status }) => ({
      provider,
      model: publicName(`${provider}/${model}`) ?? model,
      status,
    })),
    ...pipelineOf(exchange),
  }
}

/** What guardrails did: those that found something, and those that took offers away. */
function pipelineOf({ findings, plan, standing }: Exchange): JsonObject {
  const stages: JsonObject[] = findings.map(({ guardrail, guardrailId, stage, label, action }) => ({
    type: "guardrail",
    name: guardrail,
    summary: `${action}: ${label} in the ${stage}`,
    ...heldAs(standing, guardrailId),
  }))
  for (const { id, name } of standing.guardrails) {
    const taken = plan?.excluded.filter(({ guardrail }) => guardrail === id) ?? []
    if (taken.length === 0) continue
    const summary = `${taken.length} ${taken.length === 1 ? "endpoint" : "endpoints"} excluded`
    stages.push({ type: "guardrail", name, summary, ...heldAs(standing, id) })
  }
  return stages.length === 0 ? {} : { pipeline: stages }
}

const heldAs = ({ guardrails }: Exchange["standing"], id: string | undefined): JsonObject => {
  const held = guardrails.find((guardrail) => guardrail.id === id)
  return held ? { guardrail_id: held.id, guardrail_scope: held.scope } : {}
}

function strategyOf({ requestedModel, fields, snapshot }: Exchange): string {
  if (requestedModel === autoRouter) return "auto"
  if (requestedModel === freeRouter) return "free"
  if (requestedModel.startsWith("~")) return "latest"
  const { aliases, policies } = snapshot.catalog
  if (fields.models.length > 0 || Object.hasOwn(policies, requestedModel)) return "fallback"
  return Object.hasOwn(aliases, requestedModel) ? "alias" : "direct"
}

function summaryOf({ plan }: Exchange): string {
  if (!plan) return "No plan was made."
  const { attempts, excluded, strategy } = plan
  const taken = excluded.length === 0 ? "" : `, ${excluded.length} excluded`
  return `${attempts.length} planned by ${strategy}${taken}`
}

/**
 * Puts fields into the last event of a stream that is an object, which for the Responses format is the answer inside of it. Text that has
 * none stays as it is.
 */
export function inLastEvent(text: string, fields: JsonObject): string {
  const at = text.lastIndexOf("data: {")
  if (at < 0) return text
  const start = at + "data: ".length
  const end = text.indexOf("\n", start)
  const event = JSON.parse(text.slice(start, end < 0 ? undefined : end)) as JsonObject
  const whole = isObject(event.response)
    ? { ...event, response: { ...event.response, ...fields } }
    : { ...event, ...fields }
  return text.slice(0, start) + JSON.stringify(whole) + (end < 0 ? "" : text.slice(end))
}
