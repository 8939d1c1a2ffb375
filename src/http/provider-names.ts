import type { HttpServices } from "./services.ts"

/** What providers are called, by their ids. */
export const providerNames = (services: HttpServices) => (provider: string) =>
  services.pipeline.snapshot().catalog.providers.get(provider)?.name ?? provider
