import { defineVendor } from "../../../plugins/openai-compatible/definition.ts"
import type { Vendor } from "../../../plugins/openai-compatible/vendor.ts"
import { vendors } from "../../../plugins/openai-compatible/vendors.ts"
import type { Provider, ProviderSettings, WireChat } from "../../../src/contract/index.ts"

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

export const createProvider = (slug: string, more: Partial<ProviderSettings> = {}): Provider =>
  defineVendor(vendorOf(slug)).create(settingsFor(slug, more))

/** Every format that an entry speaks, preferred first. */
export const wiresOf = ({ wire, otherWires = [] }: Provider): readonly WireChat[] =>
  wire === undefined ? otherWires : [wire, ...otherWires]

/** The wire of one format, by the name of its dialect. */
export const createWire = (
  slug: string,
  more: Partial<ProviderSettings> = {},
  format = "chat-completions",
): WireChat => {
  const wire = wiresOf(createProvider(slug, more)).find(({ dialect }) => dialect.name === format)
  if (wire === undefined) throw new Error(`${slug} does not speak ${format}`)
  return wire
}
