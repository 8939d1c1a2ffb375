import type { Config, ConfiguredProvider } from "../config/config.ts"
import { suggest } from "../config/suggest.ts"
import { type KnownModels, messageOf, type ProviderDefinition } from "../contract/index.ts"
import { Catalog } from "./catalog.ts"
import { knownOf, nothingKnown, type Said } from "./known.ts"
import { type LiveOffer, makeOffer } from "./offers.ts"
import {
  identityOf,
  isKeyless,
  type LiveProvider,
  type ProviderProblem,
  settingsOf,
  withCredential,
} from "./provider.ts"
import { regionOfHost } from "./regions.ts"
import { atOnce, type Steps } from "./steps.ts"

type Definitions = ReadonlyMap<string, { readonly definition: ProviderDefinition; readonly standalone: boolean }>

interface Entry {
  readonly configured: ConfiguredProvider
  readonly definition: ProviderDefinition
}

/** What runs when nothing is configured, so that a first call works. */
const tryOutProvider = "mock"

export interface BuiltCatalog {
  readonly catalog: Catalog
  readonly problems: readonly ProviderProblem[]
}

/** The catalogue that there was. Providers whose entry and kind are the same are taken over with what they keep, such as their tokens. */
export interface Before {
  readonly catalog: Catalog
  /** As much is publicly known as was then. */
  readonly knowsAsMuch: boolean
}

/** What each provider was made from. */
const origins = new WeakMap<LiveProvider, Entry>()

export const buildCatalog = (...given: Parameters<typeof catalogSteps>): BuiltCatalog => atOnce(catalogSteps(...given))

/** Makes every configured provider. One that cannot be made is a problem; the others still serve. */
export function* catalogSteps(
  config: Config,
  definitions: Definitions,
  env: Readonly<Record<string, string | undefined>>,
  known: KnownModels = nothingKnown,
  before?: Before,
): Steps<BuiltCatalog> {
  const problems: ProviderProblem[] = []
  const providers: LiveProvider[] = []
  const offers: LiveOffer[] = []
  const { aliases, policies } = config
  const entries = entriesOf(config, definitions, env, problems)
  const same = entries.map((entry) => sameAs(entry, before?.catalog.providers.get(entry.configured.id)))
  if (before?.knowsAsMuch && same.length === before.catalog.providers.size && isInOrder(same, before.catalog))
    return { catalog: before.catalog.with({ aliases, policies }), problems }
  for (const [index, entry] of entries.entries()) {
    yield
    try {
      const live = same[index] ?? liveOf(entry, env)
      origins.set(live, entry)
      const own: LiveOffer[] = []
      for (const said of saidOf(entry, live)) {
        own.push(makeOffer(live, knownOf(live, said, known)))
        yield
      }
      for (const offer of own) offers.push(offer)
      providers.push(live)
    } catch (thrown) {
      problems.push({ provider: entry.configured.id, message: messageOf(thrown) })
    }
  }
  return { catalog: new Catalog({ providers, offers, aliases, policies, known }), problems }
}

/** The one that runs, if nothing that it was made from has changed. */
function sameAs({ configured, definition }: Entry, live: LiveProvider | undefined): LiveProvider | undefined {
  const origin = live && origins.get(live)
  if (!origin || origin.definition !== definition) return undefined
  return origin.configured === configured || Bun.deepEquals(origin.configured, configured) ? live : undefined
}

function isInOrder(lives: readonly (LiveProvider | undefined)[], { providers }: Catalog): boolean {
  const others = providers.values()
  return lives.every((live) => live !== undefined && live === others.next().value)
}

/** The models that the file names, with what the plugin says of them; or all that the plugin has. */
function saidOf({ configured }: Entry, { provider }: LiveProvider): readonly Said[] {
  const { models: own = [] } = provider
  if (!configured.models) return own.map((plugin) => ({ model: plugin.model, upstream: plugin.upstream, plugin }))
  return configured.models.map((config) => {
    const plugin = own.find(({ upstream }) => upstream === config.upstream)
    return { model: config.model, upstream: config.upstream, config, ...(plugin ? { plugin } : {}) }
  })
}

/** Once per credential: the first of them stands for all. */
function liveOf(entry: Entry, env: Readonly<Record<string, string | undefined>>): LiveProvider {
  const { configured } = entry
  if (!configured.apiKeys) return liveWith(entry, env)
  const [first, ...others] = configured.apiKeys.map((apiKey) =>
    liveWith({ ...entry, configured: { ...configured, apiKey } }, env),
  )
  if (!first) return liveWith(entry, env)
  if (others.length === 0) return first
  const byCredential: LiveProvider[] = []
  const live = { ...first, byCredential }
  byCredential.push(live, ...others)
  return live
}

/** The same provider with a credential that somebody brought. Throws what its plugin says of it. */
export function liveWithCredential(
  live: LiveProvider,
  apiKey: string,
  env: Readonly<Record<string, string | undefined>>,
): LiveProvider {
  const entry = origins.get(live)
  if (!entry) throw new Error(`nobody knows what the provider "${live.id}" was made from`)
  return liveWith({ ...entry, configured: withCredential(entry.configured, apiKey) }, env)
}

function liveWith({ configured, definition }: Entry, env: Readonly<Record<string, string | undefined>>): LiveProvider {
  const settings = settingsOf(configured, definition, env)
  const provider = definition.create(settings)
  return {
    id: configured.id,
    name: configured.name ?? (configured.id === definition.id ? definition.name : configured.id),
    definition: definition.id,
    identity: identityOf(definition.id, settings),
    provider,
    timeouts: configured.timeouts,
    region:
      configured.region ??
      provider.region ??
      // What a vendor's own host tells does not hold for another one.
      (configured.baseUrl === undefined ? definition.region : regionOfHost(configured.baseUrl)),
    zdr: configured.zdr,
    dataCollection: configured.dataCollection,
    ...(configured.quantization === undefined ? {} : { quantization: configured.quantization }),
    ...(isKeyless(settings) ? { isKeyless: true } : {}),
    open: configured.models === undefined && (provider.models === undefined || provider.models.length === 0),
  }
}

/** The file's entries, or what the environment has keys for; and providers that need no entry. */
function entriesOf(
  config: Config,
  definitions: Definitions,
  env: Readonly<Record<string, string | undefined>>,
  problems: ProviderProblem[],
): readonly Entry[] {
  const entries: Entry[] = []
  const byHand = new Set(config.providers.map(({ id }) => id))
  for (const configured of config.providers) {
    const found = definitions.get(configured.plugin)
    if (found) entries.push({ configured, definition: found.definition })
    else problems.push({ provider: configured.id, message: noProvider(configured.plugin, definitions.keys()) })
  }
  for (const [id, { definition, standalone }] of definitions) {
    const usual = config.providersFromEnvironment && (id === tryOutProvider || hasUsualKey(definition, env))
    if (!byHand.has(id) && (standalone || usual)) entries.push({ configured: bare(id, config), definition })
  }
  return entries
}

const noProvider = (name: string, known: Iterable<string>): string => {
  const meant = suggest(name, known)
  return `There is no provider plugin "${name}"${meant === undefined ? "." : `; did you mean ${meant}?`}`
}

const hasUsualKey = (definition: ProviderDefinition, env: Readonly<Record<string, string | undefined>>): boolean =>
  definition.explicit !== true && (definition.environment?.some((name) => env[name]) ?? false)

const bare = (id: string, { timeouts }: Config): ConfiguredProvider => ({
  id,
  plugin: id,
  headers: {},
  options: {},
  queue: 100,
  queueMs: 30_000,
  about: {},
  timeouts,
})
