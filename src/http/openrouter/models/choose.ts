import { isWithin } from "../../../catalog/regions.ts"
import { authorIn } from "../../../contract/index.ts"
import { isCalled } from "../../../pipeline/plan/preferences/slugs.ts"
import { dayMs } from "../../../store/windows.ts"
import type { ListedModel } from "../../listing.ts"
import type { HttpServices } from "../../services.ts"
import { tokenizerOf } from "./model.ts"
import type { ModelQuery, ModelSort } from "./query.ts"

/** Whether a model is what was asked for. What nobody knows of it counts as not being so; an unknown price as 0, as the list shows it. */
export function fits(model: ListedModel, query: ModelQuery, now: number): boolean {
  const { price, offers } = model
  const prompt = price?.input ?? 0
  const completion = price?.output ?? 0
  const released = releasedAt(model)
  const ageDays = released === undefined ? undefined : (now - released * 1000) / dayMs
  return (
    (query.output === undefined || query.output.some((one) => model.output.includes(one))) &&
    (query.input?.every((one) => model.input.some((own) => own === one)) ?? true) &&
    (query.parameters?.every((one) => model.parameters.includes(one)) ?? true) &&
    (query.search === undefined || isFound(model, query.search)) &&
    (query.context === undefined || (model.context ?? 0) >= query.context) &&
    prompt >= (query.minPrice ?? 0) &&
    prompt <= (query.maxPrice ?? Number.POSITIVE_INFINITY) &&
    completion >= (query.minOutputPrice ?? 0) &&
    completion <= (query.maxOutputPrice ?? Number.POSITIVE_INFINITY) &&
    (query.architectures?.includes(tokenizerOf(model).toLowerCase()) ?? true) &&
    (query.authors?.includes(authorIn(model.canonical)) ?? true) &&
    (query.providers === undefined || offers.some((offer) => query.providers!.some((slug) => isCalled(slug, offer)))) &&
    (query.distillable === undefined || offers.some(({ distillable }) => distillable === true) === query.distillable) &&
    (!query.zdr || offers.some(({ zdr }) => zdr === true)) &&
    (query.region === undefined || offers.some(({ region }) => isWithin(region, query.region!))) &&
    (query.minAgeDays === undefined || (ageDays !== undefined && ageDays >= query.minAgeDays)) &&
    (query.maxAgeDays === undefined || (ageDays !== undefined && ageDays <= query.maxAgeDays))
  )
}

/** Unix seconds; the list shows a day for every model, and not every one is known. */
const releasedAt = ({ offers }: ListedModel): number | undefined =>
  extreme(
    offers.flatMap(({ created }) => created ?? []),
    Math.min,
  )

/** Every word is somewhere in its names or its description. */
function isFound({ id, name, canonical, description = "" }: ListedModel, search: string): boolean {
  const text = `${id} ${name} ${canonical} ${description}`.toLowerCase()
  return search.split(/\s+/).every((word) => text.includes(word))
}

/** Sorts that depend on what has been measured lately. */
export const isLive = (sort: ModelSort | undefined): boolean =>
  sort === "throughput-high-to-low" || sort === "latency-low-to-high"

/** Stable: what a sort cannot tell apart stays in the list's own order, and what nobody knows comes last. */
export function sorted(
  models: readonly ListedModel[],
  sort: ModelSort | undefined,
  services: HttpServices,
): readonly ListedModel[] {
  const { health, now } = services.pipeline
  const value = (read: (model: ListedModel) => number | undefined, descending: boolean): readonly ListedModel[] => {
    const sign = descending ? -1 : 1
    const ranked = models.map((model) => ({ model, value: read(model) }))
    return ranked
      .sort((left, right) =>
        left.value === undefined || right.value === undefined
          ? Number(left.value === undefined) - Number(right.value === undefined)
          : sign * (left.value - right.value),
      )
      .map(({ model }) => model)
  }
  const measured = (model: ListedModel, of: "latency" | "throughput"): readonly number[] =>
    model.offers.flatMap(({ key }) => health.view(key, now())[of]?.p50 ?? [])
  const average = ({ price }: ListedModel) => (price === undefined ? undefined : (price.input + price.output) / 2)
  switch (sort) {
    case "newest":
      return value(releasedAt, true)
    case "pricing-low-to-high":
      return value(average, false)
    case "pricing-high-to-low":
      return value(average, true)
    case "context-high-to-low":
      return value(({ context }) => context, true)
    case "throughput-high-to-low":
      return value((model) => extreme(measured(model, "throughput"), Math.max), true)
    case "latency-low-to-high":
      return value((model) => extreme(measured(model, "latency"), Math.min), false)
    default:
      // How often others use a model, and how public rankings judge it, is known elsewhere.
      return models
  }
}

const extreme = (numbers: readonly number[], of: (...numbers: number[]) => number): number | undefined =>
  numbers.length === 0 ? undefined : of(...numbers)
