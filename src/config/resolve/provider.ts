import type { ConfiguredProvider, Timeouts } from "../config.ts"
import type { ProviderConfig } from "../schema.ts"
import { resolveModel } from "./model.ts"
import { defined, milliseconds } from "./pieces.ts"

export const resolveTimeouts = (own: ProviderConfig["timeouts"], otherwise: Timeouts): Timeouts => ({
  connectMs: milliseconds(own?.connect, otherwise.connectMs / 1000),
  firstPartMs: milliseconds(own?.first_part, otherwise.firstPartMs / 1000),
  idleMs: milliseconds(own?.idle, otherwise.idleMs / 1000),
  totalMs: milliseconds(own?.total, otherwise.totalMs / 1000),
})

export const resolveProvider = (provider: ProviderConfig, timeouts: Timeouts): ConfiguredProvider => {
  const plugin = provider.plugin ?? provider.id
  return defined({
    id: provider.id,
    plugin,
    name: provider.name,
    apiKey: provider.api_key,
    baseUrl: provider.base_url?.replace(/\/+$/, ""),
    headers: provider.headers ?? {},
    options: provider.options ?? {},
    region: provider.region,
    zdr: provider.zdr,
    dataCollection: provider.data_collection,
    quantization: provider.quantization,
    apiKeys: provider.api_keys,
    concurrency: provider.concurrency,
    queue: provider.queue ?? 100,
    queueMs: milliseconds(provider.queue_seconds, 30),
    about: defined({
      headquarters: provider.headquarters,
      datacenters: provider.datacenters,
      privacyPolicyUrl: provider.privacy_policy_url,
      termsOfServiceUrl: provider.terms_of_service_url,
      statusPageUrl: provider.status_page_url,
    }),
    models: provider.models?.map((model) => resolveModel(model, [provider.id, plugin])),
    timeouts: resolveTimeouts(provider.timeouts, timeouts),
  })
}
