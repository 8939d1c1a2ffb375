import { isObject, type Json, type JsonObject } from "../contract/json.ts"
import { dayMs } from "../store/windows.ts"
import { table } from "./table.ts"

const head = ["MODEL", "PROVIDERS", "CONTEXT", "USD/M IN", "USD/M OUT", "PRICE FROM", "RELEASED", "NOTES"]
const newForDays = 30

const textIn = (value: Json | undefined): string | undefined => (typeof value === "string" ? value : undefined)

const number = (value: Json | undefined): string => (typeof value === "number" && value > 0 ? String(value) : "-")

/** `0.00000005` USD per token → `0.05` per million; those lists have texts so that no digit is lost. */
const perMillion = (price: Json | undefined): string => {
  const value = typeof price === "string" ? Number(price) : Number.NaN
  if (Number.isNaN(value)) return "-"
  return value < 0 ? "varies" : String(Number((value * 1e6).toPrecision(12)))
}

const amount = (price: Json | undefined): string => (typeof price === "number" ? String(price) : "-")

/** The provider that is looked at: the one that was asked for, else the first whose price is known. */
const shownProvider = (providers: readonly JsonObject[], wanted: string | undefined): JsonObject | undefined =>
  providers.find(({ id, price }) => (wanted === undefined ? isObject(price) : id === wanted)) ?? providers[0]

/** New for thirty days; what ends is told as soon as the day is known. */
const notesOf = (model: JsonObject, nowMs: number): string => {
  const released = Date.parse(textIn(model.released) ?? "")
  const age = (nowMs - released) / dayMs
  const shutdown = textIn(model.shutdown) ?? textIn(model.expiration_date)
  const ended = shutdown !== undefined && Date.parse(shutdown) <= nowMs
  return [
    model.new === true || (age >= 0 && age < newForDays) ? "new" : "",
    shutdown === undefined ? "" : `${ended ? "ended" : "ends"} ${shutdown}`,
    model.deprecated === true && shutdown === undefined ? "deprecated" : "",
    model.approved === false ? "not approved" : "",
  ]
    .filter((note) => note !== "")
    .join(", ")
}

const describeModel = (model: JsonObject, wanted: string | undefined, nowMs: number): string[] => {
  const providers = Array.isArray(model.providers) ? model.providers.filter(isObject) : []
  const shown = shownProvider(providers, wanted)
  const price = isObject(shown?.price) ? shown.price : {}
  return [
    String(model.id),
    [...new Set(providers.map(({ id }) => String(id)))].join(","),
    number(model.context),
    amount(price.input),
    amount(price.output),
    textIn(shown?.price_source) ?? "-",
    textIn(model.released) ?? "-",
    notesOf(model, nowMs),
  ]
}

/** An alias or a policy, as OpenRouter's list has it. */
const describeName = (model: JsonObject, nowMs: number): string[] => {
  const pricing = isObject(model.pricing) ? model.pricing : {}
  const prices = [perMillion(pricing.prompt), perMillion(pricing.completion)]
  return [String(model.id), "-", number(model.context_length), ...prices, "-", "-", notesOf(model, nowMs)]
}

export const modelTable = (models: readonly JsonObject[], provider: string | undefined, nowMs: number): string =>
  table([
    head,
    ...models.map((model) =>
      Array.isArray(model.providers) ? describeModel(model, provider, nowMs) : describeName(model, nowMs),
    ),
  ])

/** What came of asking, a line a document. */
export const refreshLines = (refreshed: readonly JsonObject[]): string =>
  refreshed
    .map(({ document, outcome, models, left_out: leftOut, error }) => {
      const left = typeof leftOut === "number" && leftOut > 0 ? `, ${leftOut} left out` : ""
      const told = outcome === "failed" ? `failed: ${error}` : `${outcome}, ${models} models${left}`
      return `${document}: ${told}\n`
    })
    .join("")
