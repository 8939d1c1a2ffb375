import type { BodiesState } from "../bodies/types.ts"
import type { Health } from "../catalog/health/health.ts"
import type { Config } from "../config/config.ts"
import type { DocumentState } from "../facts/refresh/refresh-types.ts"
import type { Host, PluginState } from "../host/host-types.ts"
import { documentRow } from "../http/document-row.ts"
import type { Burn } from "../pipeline/burn.ts"
import type { Store } from "../store/open-store.ts"
import type { Current } from "./current.ts"
import { healthReport } from "./health-report.ts"
import type { LastReload } from "./reload.ts"
import type { GatewayOptions } from "./types.ts"

export interface ReportParts {
  readonly store: Store
  readonly bodies: () => BodiesState
  readonly current: Current
  readonly host: Host
  readonly health: Health
  readonly burn: Burn
  readonly documents: () => readonly DocumentState[]
  readonly lastReload: () => LastReload | undefined
  readonly configFile: () => string | undefined
  readonly now: () => number
  readonly startedAt: number
}

export interface Report {
  /** What does not work as it should, in words; empty = all is well. */
  degraded(): readonly string[]
  /** `GET /admin/state`. */
  state(): Readonly<Record<string, unknown>>
}

/** What a gateway says of itself to whoever runs it. */
export function createReport({ config, version }: GatewayOptions, parts: ReportParts): Report {
  const { store, bodies, current, host, health, burn, documents, lastReload, configFile, now, startedAt } = parts
  const degraded = () => [
    ...storeProblems(store),
    ...bodyProblems(bodies()),
    ...current.problems,
    ...failedPlugins(host.states(), current.snapshot.config),
    ...(lastReload()?.ok === false ? ["configuration: the latest change was refused; see GET /admin/state"] : []),
  ]
  return {
    degraded,
    state: () => ({
      version,
      started_at: new Date(startedAt).toISOString(),
      config_file: configFile() ?? null,
      data_dir: config.dataDir,
      snapshot: current.snapshot.version,
      last_reload: lastReload() ?? null,
      problems: current.problems,
      store: store.state(),
      catalog: documents().map((document) => documentRow(document, now())),
      health: healthReport(health, burn, now()),
      providers: [...current.snapshot.catalog.providers.values()].map(({ id, name, definition, open, region }) => ({
        id,
        name,
        kind: definition,
        open,
        region: region ?? null,
      })),
      degraded: degraded(),
    }),
  }
}

function storeProblems(store: Store): readonly string[] {
  const { status, reason, spilled, dropped } = store.state()
  return status === "ok"
    ? []
    : [`store: ${reason ?? "cannot be written"} (${spilled} rows wait in files, ${dropped} lost)`]
}

const bodyProblems = ({ problem, dropped }: BodiesState): readonly string[] =>
  problem === undefined ? [] : [`bodies: prompts and answers are not kept: ${problem} (${dropped} lost)`]

/** Plugins that the configuration relies on and that do not run. */
const failedPlugins = (states: readonly PluginState[], { plugins }: Config): readonly string[] =>
  states
    .filter(({ name, state }) => state === "failed" && plugins.use.some((use) => use.enabled && use.name === name))
    .map(({ name, lastError }) => `plugin "${name}": ${lastError?.message ?? "does not run"}`)
