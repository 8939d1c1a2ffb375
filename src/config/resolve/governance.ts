import type { Config, ConfiguredAlerts, ConfiguredRates } from "../config.ts"
import type { ConfigFile } from "../schema.ts"
import { defined } from "./pieces.ts"

/** Exact for every amount that the schema allows: the product stays within what a double can count. */
const nanoPerUsd = 1_000_000_000

export const nanoOf = (usd: number | undefined): number | undefined =>
  usd === undefined ? undefined : Math.round(usd * nanoPerUsd)

interface RateFields {
  readonly requests_per_minute?: number
  readonly tokens_per_minute?: number
  readonly concurrency?: number
}

/** Undefined where nothing is limited. */
export const resolveRates = (rates: RateFields | undefined): ConfiguredRates | undefined => {
  const resolved = defined({
    requestsPerMinute: rates?.requests_per_minute,
    tokensPerMinute: rates?.tokens_per_minute,
    concurrency: rates?.concurrency,
  })
  return Object.keys(resolved).length > 0 ? resolved : undefined
}

const resolveAlerts = (alerts: ConfigFile["alerts"]): ConfiguredAlerts => ({
  destinations: (alerts?.destinations ?? []).map(({ name, notifier, url, secret }) =>
    defined({ name, notifier, url, secret }),
  ),
  rules: (alerts?.rules ?? []).map(({ name, on, target, percents, usd, balance_usd, window, destinations }) =>
    defined({
      name,
      on,
      target,
      percents: percents?.toSorted((a, b) => a - b),
      spentNanos: usd?.map((value) => nanoOf(value)!).toSorted((a, b) => a - b),
      balanceNanos: balance_usd?.map((value) => nanoOf(value)!).toSorted((a, b) => a - b),
      window,
      destinations,
    }),
  ),
})

/** As the editors and the applications of both hosted routers sign in. */
const usualSchemes = ["vscode", "vscode-insiders", "cursor", "windsurf", "http://127.0.0.1", "http://localhost"]

export const resolveGovernance = (
  source: ConfigFile,
): Pick<Config, "organisation" | "rateLimits" | "alerts" | "bodies" | "signIn" | "byok" | "sealKey"> => {
  const { organisation = {}, rate_limits: rates, bodies = {} } = source
  return defined({
    organisation: defined({
      name: organisation.name,
      limitNano: nanoOf(organisation.limit),
      limitReset: organisation.limit_reset ?? "never",
      memberLimitNano: nanoOf(organisation.member_limit),
      unpriced: organisation.unpriced ?? "refuse",
      credits: organisation.credits ?? "unlimited",
    }),
    rateLimits: defined({
      all: resolveRates(rates),
      key: resolveRates(rates?.key),
      member: resolveRates(rates?.member),
      group: resolveRates(rates?.group),
      models: (rates?.models ?? []).map(({ models, per, ...fields }) => ({
        models,
        per: per ?? ("organisation" as const),
        rates: resolveRates(fields) ?? {},
      })),
    }),
    alerts: resolveAlerts(source.alerts),
    bodies: defined({
      store: bodies.store ?? false,
      retentionDays: bodies.retention_days ?? 30,
      quotaBytes: bodies.quota_bytes ?? 10_737_418_240,
      bodyBytes: bodies.body_bytes ?? 1_048_576,
      encryptionKey: bodies.encryption_key,
    }),
    signIn: { callbackSchemes: source.sign_in?.callback_schemes ?? usualSchemes },
    byok: { perRequest: source.byok?.per_request ?? false },
    sealKey: source.seal_key,
  })
}
