import type { Catalog } from "../../../catalog/catalog.ts"
import type { Policy, Preset, StreamRecovery } from "../../../config/config.ts"
import type { JsonObject } from "../../../contract/index.ts"
import type { LiveOffer, Snapshot } from "../../services.ts"
import type { Target } from "../types.ts"
import type { Wish } from "./wish.ts"

/** A target with what its name asked of the request itself. */
export interface Found extends Target {
  readonly wish?: Wish
  /** Service tiers that offers which are tagged with their names are asked for. */
  readonly tiers?: readonly string[]
}

/** What a name, or a part of a policy, leads to. */
export interface Resolved {
  readonly targets: readonly Found[]
  readonly notes: readonly string[]
  readonly hedgeMs?: number
  readonly streamRecovery?: StreamRecovery
}

/** What lies around a name: what the policies and aliases that led to it say. */
export interface Way {
  /** Outermost first. */
  readonly preferences: readonly JsonObject[]
  readonly retries: number
  readonly weight: number
  /** The names that led here, so that none leads back to itself. */
  readonly through: readonly string[]
}

export const start: Way = { preferences: [], retries: 0, weight: 1, through: [] }

/** A step of a policy that leads somewhere. */
export interface Step {
  readonly model: string
  readonly weight: number
  readonly resolved: Resolved
}

/** What decides where names alone do not; without a request there is nothing to decide. */
export interface Chooser {
  /** The steps of a policy in the order in which they are to be tried, and why. */
  arrange(
    name: string,
    policy: Policy,
    steps: readonly Step[],
  ): { readonly steps: readonly Step[]; readonly note?: string }
  /** A router model (`openrouter/auto`): models in order, and why. */
  /** `preferences`: what is wanted of providers beside what the request and its key say. */
  route(
    name: string,
    preferences: readonly JsonObject[],
  ): { readonly models: readonly string[]; readonly notes: readonly string[] }
}

/** What names are looked up in. */
export interface Scope {
  readonly snapshot: Pick<Snapshot, "catalog" | "config" | "declared">
  readonly chooser: Chooser
}

/** Names come from clients: `constructor` is not the name of anything here. */
export const own = <T>(record: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined

/** An offer that an open provider would take under any name, as opposed to one that somebody knows of. */
export const isGuess = ({ live, sources }: LiveOffer): boolean =>
  live.open && (sources === undefined || Object.keys(sources).length === 0)

export const knownOffers = (catalog: Catalog, name: string): readonly LiveOffer[] => {
  const found = catalog.find(name)
  return found.length > 0 && found.some(isGuess) ? found.filter((offer) => !isGuess(offer)) : found
}

/** What a preset's name leads to, newest version unless one is named (`slug@2`); the file's presets have one version. */
export function findPreset({ config, declared }: Scope["snapshot"], name: string): Preset | undefined {
  const at = name.indexOf("@")
  const slug = at < 0 ? name : name.slice(0, at)
  const version = at < 0 ? undefined : Number(name.slice(at + 1))
  const ofFile = own(config.presets, slug)
  if (ofFile) return version === undefined || version === 1 ? ofFile : undefined
  const versions = own(declared.presets, slug) ?? []
  return version === undefined ? versions.at(-1) : versions.find((one) => one.version === version)
}
