import type { RegionDoor } from "../../config/config.ts"
import { type CallInfo, type Generation, isObject, type RouteOpening, type RouteRecord } from "../../contract/index.ts"
import type { Demand } from "../plan/demand/demand.ts"
import type { Inquiry, PlanServices } from "../plan/inquiry.ts"
import { traceIn, userIn } from "../plan/labels.ts"
import { type ProviderPreferences, readPreferences } from "../plan/preferences/preferences.ts"
import type { Wishes } from "../plan/targets/wish.ts"
import type { Plan } from "../plan/types.ts"
import { modelOf, namedPreset, presetNamed } from "../presets/preset-request.ts"
import type { AppliedPreset, Written } from "../presets/types.ts"
import type { Principal, Snapshot, Standing } from "../services.ts"
import type { Conversation } from "../sticky/memory.ts"
import { usualModel } from "../usual-model.ts"
import { RecordedDemand } from "./recorded-demand.ts"

/** A finished request of which enough was written down to plan it again. */
export type Recorded = Generation & { readonly route: RouteRecord }

/** What a request is planned again in. */
export interface Surroundings {
  readonly snapshot: Snapshot
  readonly services: PlanServices
  /** Its key, as it is here. */
  readonly principal: Principal
  /** What governs it. */
  readonly standing: Standing
  readonly door: RegionDoor | undefined
}

const never = new AbortController().signal

/** A request that is over, as planning asks about it. Throws `model_not_found` for a preset that is not here. */
export class RecordedInquiry implements Inquiry {
  readonly snapshot: Snapshot
  readonly services: PlanServices
  readonly principal: Principal
  readonly standing: Standing
  readonly door: RegionDoor | undefined
  readonly names: readonly string[]
  readonly demand: Demand
  readonly preset: AppliedPreset | undefined
  readonly preferences: ProviderPreferences | undefined
  readonly streamRecovery = undefined
  plan: Plan | undefined
  wishes: Wishes | undefined
  isSticky = false
  readonly #row: Recorded

  constructor(row: Recorded, { snapshot, services, principal, standing, door }: Surroundings) {
    const { demand } = row.route
    this.#row = row
    this.snapshot = snapshot
    this.services = services
    this.principal = principal
    this.standing = standing
    this.door = door
    this.demand = new RecordedDemand(row.api, demand)
    this.preferences = readPreferences(demand.provider)
    const usual = usualModel(standing, snapshot)
    const [model, preset] = demand.written ? laid(demand.written, usual, snapshot) : []
    this.preset = preset
    const [first = usual, ...others] = demand.models
    this.names = [model ?? (demand.isDefault ? usual : first), ...others]
  }

  /** How its credentials were doing then is not known any more. */
  slotsOf(): undefined {
    return undefined
  }

  get requestId(): string {
    return this.#row.requestId
  }

  get model(): string {
    return this.names[0]!
  }

  get isDefault(): boolean {
    return this.#row.route.demand.isDefault === true
  }

  get search(): "offered" | "demanded" | undefined {
    return this.#row.route.demand.search
  }

  get user(): string | undefined {
    return this.#row.user ?? userIn(this.#row.labels)
  }

  get session(): string | undefined {
    return this.#row.sessionId
  }

  get trace(): string | undefined {
    return traceIn(this.#row.labels)
  }

  get conversation(): Conversation | undefined {
    const { conversation: hash, conversationIsNamed: isNamed = false } = this.#row.route
    return hash === undefined ? undefined : { hash, isNamed }
  }

  get call(): CallInfo {
    const { requestId, principal, model } = this
    return { requestId, model, keyId: principal.keyId, signal: never }
  }

  get judgedBy(): RouteOpening | undefined {
    return this.#row.route.demand.opening
  }

  get opening(): RouteOpening {
    const { opening } = this.#row.route.demand
    if (opening) return opening
    throw new NotWrittenDown("a router would judge by their text, which is not kept")
  }
}

/** Something that the surroundings ask for, and that nobody had to know before. The message goes on from a number of requests. */
export class NotWrittenDown extends Error {
  constructor(message: string) {
    super(message)
    this.name = "NotWrittenDown"
  }
}

/** The preset that is named here by what the client wrote, and the model that comes of it. */
function laid(
  { model, preset: field }: Written,
  usual: string,
  snapshot: Snapshot,
): readonly [model: string, preset: AppliedPreset | undefined] {
  const named = namedPreset({ model, preset: field }, usual, snapshot)
  if (!named) return [model ?? usual, undefined]
  const preset = presetNamed(named.name, snapshot)
  const { provider } = preset.parameters
  const written = { ...(model === undefined ? {} : { model }), ...(field === undefined ? {} : { preset: field }) }
  const applied = { name: named.name, preset, written, ...(isObject(provider) ? { provider } : {}) }
  return [modelOf(named.base, preset) ?? usual, applied]
}
