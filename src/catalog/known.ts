import {
  type KnownModels,
  type Modality,
  mergeFacts,
  type OfferSeed,
  type Told,
  type Traits,
} from "../contract/index.ts"
import type { LiveProvider } from "./provider.ts"

/** What is known of an offer, from all sources together. */
export interface Known extends OfferSeed {
  /** Where its name says that it runs. */
  readonly region?: string
  readonly readsPdf?: boolean
}

/** What somebody says of one offer of a provider. */
export interface Said {
  /** Public name. */
  readonly model: string
  readonly upstream: string
  /** The file's words. */
  readonly config?: OfferSeed
  /** Those of the plugin that brings the provider. */
  readonly plugin?: OfferSeed
}

/** Nothing is known of any model. */
export const nothingKnown: KnownModels = {
  of: () => undefined,
  list: () => [],
  names: () => [],
  canonical: () => undefined,
}

/** The file's words, then the plugin's, then what is publicly known: field by field. */
export function knownOf(live: LiveProvider, { model, upstream, config, plugin }: Said, facts: KnownModels): Known {
  const told: Told[] = []
  if (config) told.push({ source: "config", facts: config })
  if (plugin) told.push({ source: "plugin", facts: plugin })
  const publicly = publiclyKnown(live, upstream, facts)
  if (publicly) told.push({ source: "name", facts: publicly })
  const merged = mergeFacts(told)
  const quantization = config?.quantization ?? live.quantization
  const stored = quantization === undefined ? {} : { quantization }
  // Without a source nobody knows of it: it is offered because its provider takes any name.
  if (!merged) return { model, upstream, ...stored }
  const readsPdf = config?.traits?.pdf ?? plugin?.traits?.pdf
  const sources = shared(merged.sources ?? {})
  return agreeing({ ...merged, ...stored, sources, model, upstream, ...(readsPdf === undefined ? {} : { readsPdf }) })
}

/** A deployment, or a resource's path, hides the name under which the vendor's model is known. */
function publiclyKnown(live: LiveProvider, upstream: string, facts: KnownModels) {
  const found = facts.of(live.definition, upstream, live.id)
  if (found) return found
  const listName = live.provider.listName?.(upstream)
  return listName === undefined || listName === upstream ? undefined : facts.of(live.definition, listName, live.id)
}

const sets = new Map<string, Readonly<Record<string, string>>>()
/** There are as many combinations of sources and fields as there are ways to know a model: a few dozen. */
const mostSets = 1000

/** One object for all offers whose facts come from the same places; by itself it would be a third of an offer. */
function shared(sources: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const name = Object.entries(sources).join()
  const known = sets.get(name)
  if (known) return known
  if (sets.size >= mostSets) sets.clear()
  sets.set(name, sources)
  return sources
}

const pairs: readonly (readonly [keyof Traits, Modality])[] = [
  ["vision", "image"],
  ["pdf", "file"],
  ["audio", "audio"],
]

/** `input` and `traits` say the same thing in two ways, and may come from two sources: the file's word counts for both. */
function agreeing(known: Known): Known {
  const { input, traits, sources } = known
  if (!input || !traits) return known
  if (sources?.input === "config") {
    const read = Object.fromEntries(pairs.map(([trait, modality]) => [trait, input.includes(modality)]))
    return { ...known, traits: sources.traits === "config" ? { ...read, ...traits } : { ...traits, ...read } }
  }
  const refused = pairs.filter(([trait]) => traits[trait] === false).map(([, modality]) => modality)
  return input.some((modality) => refused.includes(modality))
    ? { ...known, input: input.filter((modality) => !refused.includes(modality)) }
    : known
}
