import { afterEach, describe, expect, test } from "bun:test"
import { events } from "../kit/gateway.ts"
import { ask, errorOf, generationOf, type Rig, startRig } from "../kit/upstreams.ts"

let rig: Rig | undefined
afterEach(async () => {
  await rig?.stop()
  rig = undefined
})

/** Whatever goes wrong before the first part belongs to the next attempt. */
const failures = [
  "error-500",
  "error-503",
  "error-429",
  "error-529",
  "error-502",
  "error-401",
  "error-403",
  "error-404",
  "error-408",
  "error-in-200",
  "error-object-in-200",
]

describe("before the first part", () => {
  for (const failure of failures) {
    for (const stream of [false, true]) {
      test(`${failure} fails over (${stream ? "streamed" : "whole"})`, async () => {
        rig = await startRig([failure, "text"])
        const response = await rig.gateway.chat(ask("hi", { stream }))
        expect(response.status).toBe(200)
        expect(await response.text()).toContain("Hello")
        const { attempts } = await generationOf(rig.gateway, response)
        expect(attempts.map(({ provider, outcome }) => [provider, outcome])).toEqual([
          ["p0", "failed"],
          ["p1", "ok"],
        ])
        expect(attempts[0]!.code).toBeString()
      })
    }
  }

  test("an error as first event fails over", async () => {
    rig = await startRig(["error-first-event", "text"])
    const response = await rig.gateway.chat(ask("hi", { stream: true }))
    expect(response.status).toBe(200)
    expect((await events(response)).join("")).not.toContain("server_error")
    expect((await generationOf(rig.gateway, response)).attempts).toHaveLength(2)
  })

  test("a socket that is cut before the first event fails over", async () => {
    rig = await startRig(["cut-before-first", "text"])
    const response = await rig.gateway.chat(ask("hi", { stream: true }))
    expect(await response.text()).toContain("Hello")
  })

  test("a refused connection fails over", async () => {
    rig = await startRig(["text", "text"])
    await rig.fakes[0]!.stop()
    const response = await rig.gateway.chat(ask("hi"))
    expect(response.status).toBe(200)
    const { attempts } = await generationOf(rig.gateway, response)
    expect(attempts[0]).toMatchObject({ provider: "p0", status: 0, outcome: "failed", code: "provider_down" })
  })

  for (const hang of ["hang-headers", "hang-first-event"]) {
    test(`${hang}: the deadline fails over`, async () => {
      rig = await startRig([hang, "text"], { timeouts: { connect: 0.1, first_part: 0.2 } })
      const response = await rig.gateway.chat(ask("hi", { stream: true }))
      expect(await response.text()).toContain("Hello")
      expect((await generationOf(rig.gateway, response)).attempts[0]).toMatchObject({ code: "provider_timeout" })
    })
  }

  test("the next of models[] takes over, and is the model of the answer", async () => {
    rig = await startRig(["error-500"], {})
    const other = await startRig(["text"])
    const providers = [
      {
        id: "a",
        plugin: "openai-compatible",
        base_url: rig.fakes[0]!.url,
        api_key: "k",
        models: [{ id: "a/one", upstream: "error-500" }],
      },
      {
        id: "b",
        plugin: "openai-compatible",
        base_url: other.fakes[0]!.url,
        api_key: "k",
        models: [{ id: "b/two", upstream: "text" }],
      },
    ]
    await rig.gateway.configure({ providers, retries: { backoff_ms: 1 } })
    const response = await rig.gateway.chat({ ...ask("hi"), model: "a/one", models: ["b/two"] })
    expect(((await response.json()) as { model: string }).model).toBe("b/two")
    await other.stop()
  })
})

describe("a request's own mistakes", () => {
  test("400 is not tried elsewhere, and keeps the upstream's words", async () => {
    rig = await startRig(["error-400", "text"])
    const response = await rig.gateway.chat(ask("hi"))
    expect(response.status).toBe(400)
    expect(await errorOf(response)).toMatchObject({ code: "upstream_invalid_request" })
    expect(rig.fakes[1]!.count).toBe(0)
  })

  for (const names of [{ models: ["test/model", "test/other"], model: undefined }, { model: "policy/chain" }]) {
    test(`400 goes on to another model, past further providers of the same one (${names.model ?? "models[]"})`, async () => {
      rig = await startRig(["error-400", "text", "text"])
      const providers = rig.fakes.map(({ url }, index) => ({
        id: `p${index}`,
        plugin: "openai-compatible",
        base_url: url,
        api_key: `upstream-secret-${index}`,
        models: [{ id: index < 2 ? "test/model" : "test/other", upstream: index === 0 ? "error-400" : "text" }],
      }))
      await rig.gateway.configure({
        providers,
        strategy: "configured",
        policies: { "policy/chain": { fallback: [{ model: "test/model", retries: 3 }, { model: "test/other" }] } },
      })
      const response = await rig.gateway.chat(ask("hi", names))
      expect(response.status).toBe(200)
      expect(((await response.json()) as { model: string }).model).toBe("test/other")
      expect(rig.fakes.map(({ count }) => count)).toEqual([1, 0, 1])
    })
  }

  test("too long an input is not tried at another upstream of the same window", async () => {
    rig = await startRig(["error-context", "text"])
    const response = await rig.gateway.chat(ask("hi"))
    // The same model has the same window: nothing larger is known.
    expect(response.status).toBe(400)
    expect((await errorOf(response)).code).toBe("context_length_exceeded")
  })
})

describe("when all fail", () => {
  test("the last error is answered with the attempts", async () => {
    rig = await startRig(["error-500", "error-429"])
    const response = await rig.gateway.chat(ask("hi"))
    expect(response.status).toBe(429)
    const body = (await response.json()) as { error: { attempts: unknown[] } }
    expect(body.error.attempts.length).toBeGreaterThanOrEqual(2)
  })

  test("an upstream's own credentials are never the client's fault", async () => {
    rig = await startRig(["error-401"])
    const response = await rig.gateway.chat(ask("hi"))
    expect(response.status).toBe(502)
    expect(await response.text()).not.toContain("upstream-secret")
  })

  test("the last upstream is tried again, others are not", async () => {
    rig = await startRig(["error-500", "error-500"])
    await rig.gateway.chat(ask("hi"))
    expect(rig.fakes.map(({ count }) => count)).toEqual([1, 2])
  })
})

describe("cool-down", () => {
  test("the next request does not pay for a failed upstream again, a success heals it", async () => {
    rig = await startRig(["error-500", "text"])
    await rig.gateway.chat(ask("hi"))
    await rig.gateway.chat(ask("hi"))
    await rig.gateway.chat(ask("hi"))
    expect(rig.fakes.map(({ count }) => count)).toEqual([1, 3])
  })

  test("a single upstream is never locked out", async () => {
    rig = await startRig(["error-500"], { retries: { same_upstream: 0 } })
    for (let round = 0; round < 3; round++) expect((await rig.gateway.chat(ask("hi"))).status).toBe(502)
    expect(rig.fakes[0]!.count).toBe(3)
  })
})
