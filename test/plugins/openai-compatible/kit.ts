import { defineVendor } from "../../../plugins/openai-compatible/definition.ts"
import type { Vendor } from "../../../plugins/openai-compatible/vendor.ts"
import { vendors } from "../../../plugins/openai-compatible/vendors.ts"
import type { ProviderSettings, WireChat } from "../../../src/contract/index.ts"

export const vendorOf = (slug: string): Vendor => {
  const vendor = vendors.find((row) => row.slug === slug)
  if (vendor === undefined) throw new Error(`no vendor ${slug}`)
  return vendor
}

/** An entry of `providers:` with a key and nothing else. */
export const settingsFor = (id: string, more: Partial<ProviderSettings> = {}): ProviderSettings => ({
  id,
  apiKey: "sk-test",
  headers: {},
  options: {},
  ...more,
})

export const createWire = (slug: string, more: Partial<ProviderSettings> = {}): WireChat => {
  const { wire } = defineVendor(vendorOf(slug)).create(settingsFor(slug, more))
  if (wire === undefined) throw new Error("not a wire provider")
  return wire
}
