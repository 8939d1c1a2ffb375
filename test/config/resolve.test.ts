import { describe, expect, test } from "bun:test"
import { secretsOf } from "../../src/config/config.ts"
import { configOf, loadText } from "../kit/config.ts"

describe("the resolved configuration", () => {
  test("no file and an empty file give the defaults", async () => {
    const { file: none, ...without } = await configOf(undefined)
    const { file, ...empty } = await configOf("# nothing\n")
    expect(none).toBeUndefined()
    expect(file).toBe("/etc/signalbox/signalbox.yaml")
    expect(empty).toEqual(without)
    expect(without).toMatchObject({
      server: { host: "127.0.0.1", port: 8080, shutdownMs: 30_000, watchdogMs: 30_000 },
      dataDir: "/etc/signalbox/data",
      providers: [],
      providersFromEnvironment: true,
      plugins: { dir: "/etc/signalbox/plugins", hookMs: 30_000, failures: 10, retryMs: 30_000, drainMs: 600_000 },
      timeouts: { connectMs: 30_000, firstPartMs: 300_000, idleMs: 120_000, totalMs: 1_800_000 },
      limits: { bodyBytes: 33_554_432, bodyMs: 60_000 },
      ledger: { durability: "relaxed", flushMs: 20, queueRows: 50_000 },
      models: { public: true },
    })
  })

  test("every level is frozen", async () => {
    const config = await configOf("providers: [ { id: a, options: { x: { y: [1] } } } ]")
    expect(Object.isFrozen(config.providers[0]!.options.x)).toBe(true)
    expect(() => Object.assign(config.server, { port: 1 })).toThrow()
  })

  test("an absent value is an absent member, as exact optional types want it", async () => {
    const config = await configOf("providers: [ { id: a } ]")
    expect(Object.keys(config)).not.toContain("adminKey")
    expect(Object.keys(config.providers[0]!).toSorted()).toEqual([
      "about",
      "headers",
      "id",
      "options",
      "plugin",
      "queue",
      "queueMs",
      "timeouts",
    ])
  })

  test("the command line wins, and its paths start at the working directory", async () => {
    const { config } = await loadText("server: { host: 0.0.0.0, port: 1 }\ndata_dir: /x\n", {
      overrides: { host: "127.0.0.1", port: 0, dataDir: "here" },
    })
    expect(config.server).toMatchObject({ host: "127.0.0.1", port: 0 })
    expect(config.dataDir).toBe("/etc/signalbox/here")
    expect(config.models.public).toBe(true)
  })

  test("models are listed without a key on loopback only, unless the file says so", async () => {
    expect((await configOf("server: { host: 0.0.0.0 }")).models.public).toBe(false)
    expect((await configOf("server: { host: '::1' }")).models.public).toBe(true)
    expect((await configOf("models: { public: false }")).models.public).toBe(false)
  })

  test("disabled providers are left out, timeouts are inherited, slashes cut", async () => {
    const config = await configOf(`
timeouts: { idle: 7 }
providers:
  - { id: a, enabled: false }
  - { id: b, plugin: openai-compatible, base_url: http://x/v1//, timeouts: { total: 0.5 } }
`)
    expect(config.providers.map(({ id }) => id)).toEqual(["b"])
    expect(config.providersFromEnvironment).toBe(false)
    expect(config.providers[0]).toMatchObject({
      plugin: "openai-compatible",
      baseUrl: "http://x/v1",
      timeouts: { connectMs: 30_000, firstPartMs: 300_000, idleMs: 7000, totalMs: 500 },
    })
  })

  test("a model becomes an offer", async () => {
    const { providers } = await configOf(`
providers:
  - id: mine
    plugin: openai
    models:
      - { id: mine/a }
      - { id: openai/b }
      - { id: meta/c, upstream: c-1, context: 10, max_output: 5, tools: true, prompt_cache: false,
          price: { input: 1, output: 2, cache_write_1h: 3, tiers: [ { above: 100, output: 4 } ] } }
`)
    expect(providers[0]!.models).toEqual([
      { model: "mine/a", upstream: "a" },
      { model: "openai/b", upstream: "b" },
      {
        model: "meta/c",
        upstream: "c-1",
        context: 10,
        maxOutput: 5,
        traits: { tools: true, promptCache: false },
        price: { input: 1, output: 2, cacheWrite1h: 3, tiers: [{ above: 100, output: 4 }] },
      },
    ])
  })

  test("a key's limit is whole nano-dollars", async () => {
    const { keys } = await configOf(`
keys:
  - { name: a, key: sk-11aaff2233, limit: 0.1, limit_reset: weekly, expires_at: "2030-01-31T12:00:00+02:00" }
  - { name: b, key: sk-99bbcc2233, limit: 3999999.000000001 }
`)
    expect(keys).toEqual([
      {
        name: "a",
        key: "sk-11aaff2233",
        limitNano: 100_000_000,
        limitReset: "weekly",
        expiresAtMs: Date.UTC(2030, 0, 31, 10),
        disabled: false,
        strict: false,
      },
      {
        name: "b",
        key: "sk-99bbcc2233",
        limitNano: 3_999_999_000_000_001,
        limitReset: "never",
        disabled: false,
        strict: false,
      },
    ])
  })

  test("merged anchors fill what the entry leaves open", async () => {
    const { providers } = await configOf(`
providers:
  - &first { id: a, zdr: true, region: eu }
  - { <<: *first, id: b, region: us }
`)
    expect(providers.map(({ id, zdr, region }) => [id, zdr, region])).toEqual([
      ["a", true, "eu"],
      ["b", true, "us"],
    ])
  })

  test("names that objects have by birth are ordinary names", async () => {
    const { aliases } = await configOf("aliases: { __proto__: a/b, constructor: c/d }")
    expect(Object.entries(aliases)).toEqual([
      ["__proto__", "a/b"],
      ["constructor", "c/d"],
    ])
  })

  test("every secret is known to the log", async () => {
    const config = await configOf(`
admin_key: f00dcafe12345678
store: { url: libsql://x, auth_token: secret-1 }
keys: [ { name: a, key: sk-22aaff-secret } ]
providers:
  - { id: a, api_key: secret-3, headers: { x-api-key: secret-4, accept: text }, options: { aws: { secret_key: secret-5, zone: eu } } }
plugins: { use: [ { name: p, secrets: { any: secret-6 }, options: { tokens: [ secret-7 ], action: mask } } ] }
`)
    expect(secretsOf(config).toSorted()).toEqual([
      "f00dcafe12345678",
      "secret-1",
      "secret-3",
      "secret-4",
      "secret-5",
      "secret-6",
      "secret-7",
      "sk-22aaff-secret",
    ])
  })
})
