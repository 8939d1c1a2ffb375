import type { Config, ConfiguredProvider } from "../config/config.ts"
import { suggest } from "../config/suggest.ts"
import { messageOf, type ProviderDefinition } from "../contract/index.ts"
import { Catalog } from "./catalog.ts"
import { type LiveOffer, makeOffer } from "./offers.ts"
import { type LiveProvider, type ProviderProblem, settingsOf } from "./provider.ts"

type Definitions = ReadonlyMap<string, { readonly definition: ProviderDefinition; readonly standalone: boolean }>

interface Entry {
  readonly configured: ConfiguredProvider
  readonly definition: ProviderDefinition
}

/** What runs when nothing is configured, so that a first call works. */
const tryOutProvider = "mock"

/** Makes every configured provider. One that cannot be made is a problem; the others still serve. */
export function buildCatalog(
  config: Config,
  definitions: Definitions,
  env: Readonly<Record<string, string | undefined>>,
): { catalog: Catalog; problems: readonly ProviderProblem[] } {
  const problems: ProviderProblem[] = []
  const providers: LiveProvider[] = []
  const offers: LiveOffer[] = []
  for (const entry of entriesOf(config, definitions, env, problems)) {
    try {
      const live = liveOf(entry, env)
      const seeds = entry.configured.models ?? live.provider.models ?? []
      offers.push(...seeds.map((seed) => makeOffer(live, seed)))
      providers.push(live)
    } catch (thrown) {
      problems.push({ provider: entry.configured.id, message: messageOf(thrown) })
    }
  }
  return { catalog: new Catalog({ providers, offers, aliases: config.aliases, policies: config.policies }), problems }
}

function liveOf({ configured, definition }: Entry, env: Readonly<Record<string, string | undefined>>): LiveProvider {
  const provider = definition.create(settingsOf(configured, definition, env))
  return {
    id: configured.id,
    name: configured.name ?? (configured.id === definition.id ? definition.name : configured.id),
    definition: definition.id,
    provider,
    timeouts: configured.timeouts,
    region:
      configured.region ??
      provider.region ??
      // What a vendor's own host tells does not hold for another one.
      (configured.baseUrl === undefined ? definition.region : undefined),
    zdr: configured.zdr,
    dataCollection: configured.dataCollection,
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
