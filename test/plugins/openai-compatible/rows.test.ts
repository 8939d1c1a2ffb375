import { describe, expect, test } from "bun:test"
import plugin from "../../../plugins/openai-compatible/index.ts"
import type { Vendor } from "../../../plugins/openai-compatible/vendor.ts"
import { joinVendors, vendors } from "../../../plugins/openai-compatible/vendors.ts"
import { createProvider } from "./kit.ts"

/** What fills the placeholders of a row's base URL. */
const samples: Readonly<Record<string, string>> = {
  account: "0123456789abcdef0123456789abcdef",
  gateway: "main",
  host: "dbc-1234.cloud.databricks.com",
  region: "eu-central-1",
  endpoint: "my-endpoint",
}
const optionsOf = (vendor: Vendor) =>
  Object.fromEntries(Object.keys(vendor.urlOptions ?? {}).map((name) => [name, samples[name] ?? "missing"]))

test("the catalogue is complete", () => {
  const slugs = vendors.map(({ slug }) => slug)
  for (const slug of ["deepseek", "groq", "perplexity", "moonshotai", "alibaba", "zai", "xai", "together", "cerebras"])
    expect(slugs).toContain(slug)
  for (const slug of ["scaleway", "stackit", "openrouter", "requesty", "ollama", "vllm", "openai-compatible"])
    expect(slugs).toContain(slug)
  expect(slugs.length).toBeGreaterThan(90)
})

describe("every row that talks is a working provider", () => {
  const talking = vendors.filter(({ chat }) => chat !== false)
  for (const vendor of talking)
    test(vendor.slug, () => {
      const own = vendor.baseUrl === undefined ? { baseUrl: "http://127.0.0.1:9/v1" } : {}
      const { wire } = createProvider(vendor.slug, { options: optionsOf(vendor), ...own })
      const { url, headers } = wire?.endpoint({ model: "m", stream: true }) ?? { url: "", headers: {} }
      const parsed = new URL(url)
      expect(parsed.pathname).toMatch(/\/(chat\/completions|responses)$/)
      expect(url).not.toMatch(/[{}]|%7B/i)
      expect(parsed.pathname).not.toContain("//")
      const isLocal = ["127.0.0.1", "localhost"].includes(parsed.hostname)
      expect(parsed.protocol).toBe(isLocal ? "http:" : "https:")
      const [header, value] = vendor.auth ? [vendor.auth.header, "sk-test"] : ["authorization", "Bearer sk-test"]
      expect(headers).toMatchObject({
        [header]: value,
        "content-type": "application/json",
        accept: "text/event-stream",
      })
      // The slug is an id of `providers:`, the variables are what a shell can export (but for one vendor's own choice).
      expect(vendor.slug).toMatch(/^[a-z0-9][a-z0-9._-]*$/)
      for (const name of vendor.environment ?? []) expect(name).toMatch(/^[A-Z0-9_]+$/)
      if (vendor.region !== undefined) expect(vendor.region).toMatch(/^[a-z]{2}$/)
      if (!vendor.keyless) expect(vendor.environment).not.toBeEmpty()
    })
})

test("rows that share a variable are not all started by it", () => {
  const started = vendors.filter(({ explicit }) => !explicit).flatMap(({ environment }) => environment?.[0] ?? [])
  expect(new Set(started).size).toBe(started.length)
})

test("rows that need more than a key wait to be named", () => {
  for (const vendor of vendors) if (vendor.urlOptions !== undefined) expect(vendor.explicit).toBe(true)
})

test("two rows of one name are refused", () => {
  const row: Vendor = { slug: "same", name: "Same" }
  expect(() => joinVendors([row], [row])).toThrow("two vendors are called same")
})

test("the plugin offers one definition for each row", async () => {
  const { providers } = await plugin.setup({}, undefined as never)
  expect(providers?.map(({ id }) => id)).toEqual(vendors.map(({ slug }) => slug))
  expect(providers?.find(({ id }) => id === "cloudflare-workers-ai")?.explicit).toBe(true)
  expect(providers?.find(({ id }) => id === "stackit")?.region).toBe("de")
})
