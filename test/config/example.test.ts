import { describe, expect, test } from "bun:test"
import { parse } from "yaml"
import { z } from "zod"
import { exampleConfig, schemaFileName } from "../../src/config/example.ts"
import { configJsonSchema } from "../../src/config/schema-json.ts"
import { configOf, loadText } from "../kit/config.ts"

interface Shape {
  readonly properties?: Readonly<Record<string, Shape>>
  readonly additionalProperties?: Shape | boolean
  readonly items?: Shape
  readonly description?: string
}

/** With every setting switched on: the `#` directly before a name taken away. */
const switchedOn = exampleConfig.replace(/^(\s*)#(?=[a-z-])/gm, "$1")

const env = {
  SIGNALBOX_ADMIN_KEY: "f00dcafe12345678f00d",
  LIBSQL_TOKEN: "libsql-token-1",
  DEV_KEY: "sk-dev-0a1b2c3d4e",
  OPENAI_API_KEY: "sk-a",
  ANTHROPIC_API_KEY: "sk-b",
  MY_GUARDRAIL_KEY: "sk-c",
  LOCAL_KEY_1: "sk-d-0a1b2c3d",
  LOCAL_KEY_2: "sk-e-0a1b2c3d",
  ALERT_SECRET: "hush-0a1b2c3d",
  BODIES_KEY: "bodies-0a1b2c3d4e5f",
  SEAL_KEY: "seal-0a1b2c3d4e5f6a",
}

/** `server.port`, `providers[].id` … of every setting that has no settings below it. */
const settings = (shape: Shape, path = ""): string[] => {
  if (shape.properties)
    return Object.entries(shape.properties).flatMap(([name, inner]) => settings(inner, path ? `${path}.${name}` : name))
  if (shape.items) return settings(shape.items, `${path}[]`)
  if (typeof shape.additionalProperties === "object" && shape.additionalProperties.properties)
    return settings(shape.additionalProperties, `${path}.*`)
  return [path]
}

const present = (value: unknown, path: readonly string[]): boolean => {
  const [step, ...rest] = path
  if (step === undefined) return value !== undefined
  if (typeof value !== "object" || value === null) return false
  if (step === "*") return Object.values(value).some((inner) => present(inner, rest))
  return present((value as Record<string, unknown>)[step], rest)
}

describe("the example configuration", () => {
  test("passes as it is, with nothing set, and changes no default", async () => {
    const { warnings } = await loadText(exampleConfig)
    expect(warnings).toEqual([])
    expect(await configOf(exampleConfig)).toEqual(await configOf("{}"))
  })

  test("passes with every setting switched on", async () => {
    const config = await configOf(switchedOn, { env })
    expect(config.providers.map(({ id }) => id)).toEqual(["openai", "anthropic", "local"])
    expect(config.compat.requesty.priceUnit).toBe("token")
  })

  test("shows every setting that the schema has", () => {
    const value: unknown = parse(switchedOn.replaceAll(/\$\{[^}\n]*\}/g, "x"))
    // A tier repeats the names of the price above it, the steps of other policies those of fallback.
    const repeated = /\.tiers\[\]\.(?!above)|\.(?:balance|latency|cost)\[\]\.(?!weight)/
    const paths = settings(configJsonSchema() as Shape).filter((path) => !repeated.test(path))
    const missing = paths.filter((path) => !present(value, path.replaceAll("[]", ".*").split(".")))
    expect(paths.length).toBeGreaterThan(70)
    expect(missing).toEqual([])
  })

  test("points editors to the schema in its first line", () => {
    expect(exampleConfig.split("\n")[0]).toBe(`# yaml-language-server: $schema=./${schemaFileName}`)
  })
})

describe("the JSON Schema", () => {
  const schema = configJsonSchema()
  const validator = z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0])
  const accepts = (yaml: string) => validator.safeParse(parse(yaml)).success

  test("accepts the example, switched on or not", () => {
    expect(accepts(exampleConfig)).toBe(true)
    expect(accepts(switchedOn)).toBe(true)
  })

  test.each([
    ["an unknown key", "servr: {}"],
    ["an unknown key inside", "server: { prot: 1 }"],
    ["a wrong type", "server: { port: many }"],
    ["a wrong choice", "log: { level: loud }"],
    ["a missing key", "keys: [ { name: a } ]"],
  ])("refuses %s", (_, yaml) => {
    expect(accepts(yaml)).toBe(false)
  })

  test.each([
    ["a number", "server: { port: '${PORT}' }"],
    ["a choice", "log: { level: '${LEVEL:-info}' }"],
    ["an address", "providers: [ { id: a, base_url: '${BASE}' } ]"],
    ["a boolean", "models: { public: '${PUBLIC}' }"],
  ])("accepts a variable in place of %s", (_, yaml) => {
    expect(accepts(yaml)).toBe(true)
  })

  test("says its draft and describes every setting", () => {
    expect(schema.$schema).toBe("https://json-schema.org/draft/2020-12/schema")
    const bare: string[] = []
    const visit = (shape: Shape, path: string) => {
      for (const [name, inner] of Object.entries(shape.properties ?? {})) {
        if (!inner.description) bare.push(`${path}${name}`)
        visit(inner, `${path}${name}.`)
      }
      if (shape.items) visit(shape.items, `${path}[].`)
      if (typeof shape.additionalProperties === "object") visit(shape.additionalProperties, `${path}*.`)
    }
    visit(schema as Shape, "")
    expect(bare).toEqual([])
  })
})
