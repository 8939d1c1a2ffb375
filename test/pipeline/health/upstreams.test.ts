import { afterEach, describe, expect, test } from "bun:test"
import { adminKey, startGateway, type TestGateway } from "../../kit/gateway.ts"
import { type HeldOptions, type HeldUpstream, startHeldUpstream } from "../../kit/held-upstream.ts"
import { pluginFolder, pluginText } from "../../kit/plugin-folder.ts"
import { ask, errorOf, generationOf, type Rig, startRig } from "../../kit/upstreams.ts"

interface HealthState {
  readonly upstreams: readonly { readonly upstream: string; readonly breaker: string; readonly in_flight: number }[]
  readonly providers: readonly {
    readonly provider: string
    readonly in_flight: number
    readonly queued: number
    readonly concurrency: number | null
    readonly credentials: readonly { readonly breaker: string }[]
  }[]
  readonly fallback_burn_last_hour: readonly { readonly upstream: string; readonly seconds: number }[]
}

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

const upstream = (options?: HeldOptions): HeldUpstream => {
  const held = startHeldUpstream(options)
  closers.push(() => held.stop())
  return held
}

const provider = (id: string, { url }: { readonly url: string }, more: Readonly<Record<string, unknown>> = {}) => ({
  id,
  plugin: "openai-compatible",
  base_url: url,
  ...("api_keys" in more ? {} : { api_key: "k" }),
  models: [{ id: "test/model", upstream: "m", price: { input: 1, output: 2 } }],
  ...more,
})

const usual = { strategy: "configured", retries: { backoff_ms: 1 }, cache: { enabled: false } }

async function start(config: Readonly<Record<string, unknown>>): Promise<TestGateway> {
  const gateway = await startGateway({ ...usual, ...config })
  closers.push(() => gateway.stop())
  return gateway
}

const stateOf = async (gateway: TestGateway): Promise<HealthState> =>
  ((await (await gateway.get("/admin/state", adminKey)).json()) as { health: HealthState }).health

/** Until the gateway says so; it is told by nothing else how many wait. */
async function until(gateway: TestGateway, isSo: (state: HealthState) => boolean): Promise<void> {
  while (!isSo(await stateOf(gateway)));
}

describe("requests at once", () => {
  test("wait for a place; beyond the queue they are told to come again", async () => {
    const held = upstream()
    const gateway = await start({ providers: [provider("p0", held, { concurrency: 1, queue: 1 })] })
    const first = gateway.chat(ask("one"))
    await held.came(1)
    const second = gateway.chat(ask("two"))
    await until(gateway, ({ providers }) => providers[0]!.queued === 1)
    const third = await gateway.chat(ask("three"))
    expect(third.status).toBe(429)
    expect(Number(third.headers.get("retry-after"))).toBeGreaterThan(0)
    expect((await errorOf(third)).code).toBe("capacity_exhausted")
    held.release()
    expect((await first).status).toBe(200)
    await held.came(2)
    held.release()
    const answered = await second
    expect(answered.status).toBe(200)
    expect(held.most).toBe(1)
    const { attempts } = await generationOf(gateway, answered)
    expect((attempts[0] as { queuedMs?: number }).queuedMs).toBeGreaterThan(0)
    expect((await stateOf(gateway)).providers[0]).toMatchObject({ in_flight: 0, queued: 0, concurrency: 1 })
  })

  test("a full queue lets the next provider answer, and the record says why", async () => {
    const held = upstream()
    const other = upstream({ open: true })
    const gateway = await start({
      providers: [provider("p0", held, { concurrency: 1, queue: 0 }), provider("p1", other)],
    })
    const first = gateway.chat(ask("one"))
    await held.came(1)
    const second = await gateway.chat(ask("two"))
    const { attempts } = await generationOf(gateway, second)
    expect(attempts.map(({ provider: id, outcome, code }) => [id, outcome, code])).toEqual([
      ["p0", "failed", "capacity_exhausted"],
      ["p1", "ok", undefined],
    ])
    held.release()
    expect((await first).status).toBe(200)
    // Nothing failed there.
    expect((await stateOf(gateway)).upstreams.find((one) => one.upstream === "p0/m")).toMatchObject({
      breaker: "closed",
    })
  })

  test("a client that leaves leaves the queue", async () => {
    const held = upstream()
    const gateway = await start({ providers: [provider("p0", held, { concurrency: 1 })] })
    const first = gateway.chat(ask("one"))
    await held.came(1)
    const client = new AbortController()
    const second = fetch(`${gateway.url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: "Bearer test-inference-key-0123456789" },
      body: JSON.stringify(ask("two")),
      signal: client.signal,
    }).catch(() => "left")
    await until(gateway, ({ providers }) => providers[0]!.queued === 1)
    client.abort()
    expect(await second).toBe("left")
    await until(gateway, ({ providers }) => providers[0]!.queued === 0)
    held.release()
    await first
    expect(held.keys).toHaveLength(1)
    await until(gateway, ({ providers }) => providers[0]!.in_flight === 0)
  })

  test("a stream has its place until its end, also where its client leaves in the middle", async () => {
    const held = upstream()
    const gateway = await start({ providers: [provider("p0", held, { concurrency: 1 })] })
    const first = await gateway.chat(ask("one", { stream: true }))
    const second = gateway.chat(ask("two", { stream: true }))
    await until(gateway, ({ providers }) => providers[0]!.queued === 1)
    expect(held.keys).toHaveLength(1)
    held.release()
    expect(await first.text()).toContain("[DONE]")
    const answered = await second
    expect(held.keys).toHaveLength(2)
    await answered.body!.cancel()
    await until(gateway, ({ providers }) => providers[0]!.in_flight === 0)
  })

  test("what a plugin breaks in an answer gives the place back", async () => {
    const held = upstream({ open: true })
    const folder = pluginFolder({
      "broken.ts": pluginText(
        "broken",
        `{ guardrails: [{ name: "broken", stages: ["output"], window: 0, detect: () => { throw new Error("broken") } }] }`,
      ),
    })
    closers.push(() => folder.remove())
    const gateway = await start({
      plugins: { dir: folder.dir },
      providers: [provider("p0", held, { concurrency: 1, queue: 0 })],
    })
    for (let round = 0; round < 3; round++)
      for (const stream of [false, true]) {
        const response = await gateway.chat(ask("hi", { stream }))
        expect(await response.text()).toContain("error")
        expect((await stateOf(gateway)).providers[0]!.in_flight).toBe(0)
      }
    expect(held.keys).toHaveLength(6)
  })

  test("a reload changes the limit for those who wait already", async () => {
    const held = upstream()
    const gateway = await start({ providers: [provider("p0", held, { concurrency: 1 })] })
    const all = [gateway.chat(ask("one")), gateway.chat(ask("two")), gateway.chat(ask("three"))]
    await until(gateway, ({ providers }) => providers[0]!.queued === 2)
    await gateway.configure({ ...usual, providers: [provider("p0", held, { concurrency: 3 })] })
    await held.came(3)
    for (let each = 0; each < 3; each++) held.release()
    expect((await Promise.all(all)).map(({ status }) => status)).toEqual([200, 200, 200])
  })
})

describe("several credentials", () => {
  const secrets = ["upstream-key-aaaa1111", "upstream-key-bbbb2222", "upstream-key-cccc3333"]

  test("the refused one rests, the record says which one was used, and nothing says what it is", async () => {
    const held = upstream({ open: true, refuse: (key) => (key === secrets[1] ? 401 : undefined) })
    const gateway = await start({ providers: [provider("p0", held, { api_keys: secrets })] })
    const texts: string[] = []
    const used: unknown[] = []
    for (let each = 0; each < 12; each++) {
      const response = await gateway.chat(ask(`question ${each}`))
      expect(response.status).toBe(200)
      texts.push(await response.clone().text())
      const generation = await generationOf(gateway, response)
      texts.push(JSON.stringify(generation))
      used.push((generation.attempts as readonly { credential?: number }[]).at(-1)!.credential)
    }
    expect(held.keys.filter((key) => key === secrets[1]).length).toBeLessThanOrEqual(1)
    expect(new Set(used)).toEqual(new Set([1, 3]))
    const state = await stateOf(gateway)
    if (held.keys.includes(secrets[1]!))
      expect(state.providers[0]!.credentials.map(({ breaker }) => breaker)).toEqual(["closed", "open", "closed"])
    texts.push(JSON.stringify(state), await (await gateway.get("/metrics")).text(), gateway.logged())
    for (const secret of secrets) expect(texts.join("\n")).not.toContain(secret)
  })

  test("other credentials in the file are tried at once", async () => {
    const held = upstream({ open: true, refuse: (key) => (key === secrets[0] ? 401 : undefined) })
    const other = upstream({ open: true })
    const providers = (apiKey: string) => [provider("p0", held, { api_key: apiKey }), provider("p1", other)]
    const gateway = await start({ providers: providers(secrets[0]!) })
    await gateway.chat(ask("one"))
    await gateway.chat(ask("two"))
    expect([held.keys.length, other.keys.length]).toEqual([1, 2])
    await gateway.configure({ ...usual, providers: providers(secrets[2]!) })
    await gateway.chat(ask("three"))
    expect([held.keys.length, other.keys.length]).toEqual([2, 2])
  })
})

describe("an upstream that fails", () => {
  let rig: Rig
  const run = async (scenarios: readonly string[], config = {}) => {
    rig = await startRig(scenarios, { ...usual, ...config })
    closers.push(() => rig.stop())
  }

  test("adds no attempt after its breaker opened, across reloads too", async () => {
    await run(["error-500", "text"])
    for (let each = 0; each < 5; each++) await rig.gateway.chat(ask(`question ${each}`))
    expect((await rig.gateway.gateway.reload("test")).ok).toBe(true)
    for (let each = 5; each < 10; each++) await rig.gateway.chat(ask(`question ${each}`))
    expect(rig.fakes.map(({ count }) => count)).toEqual([1, 10])
  })

  for (const stream of ["error-mid-stream", "cut", "stall"])
    test(`${stream}: what breaks off, or stands still, counts`, async () => {
      await run([stream, "text"], { timeouts: { idle: 0.1 } })
      await (await rig.gateway.chat(ask("one", { stream: true }))).text()
      await (await rig.gateway.chat(ask("two", { stream: true }))).text()
      expect(rig.fakes.map(({ count }) => count)).toEqual([1, 1])
    })

  test("is seen in the metrics, with the time that it cost others", async () => {
    await run(["error-500", "text"])
    await rig.gateway.chat(ask("one"))
    const text = await (await rig.gateway.get("/metrics")).text()
    expect(text).toMatch(
      /signalbox_fallback_burn_seconds_total\{provider="p0",model="error-500",code="provider_down"\} 0\.\d+/,
    )
    expect(text).toContain(`signalbox_upstream_breaker{upstream="p0/error-500"} 2`)
    expect(text).toContain(`signalbox_upstream_breaker{upstream="p1/text"} 0`)
    expect(text).toContain(`signalbox_upstream_in_flight{upstream="p1/text"} 0`)
    expect(text).toContain(`signalbox_provider_queued{provider="p0"} 0`)
    const { fallback_burn_last_hour: burnt } = await stateOf(rig.gateway)
    expect(burnt.map(({ upstream: key }) => key)).toEqual(["p0/error-500"])
  })
})
