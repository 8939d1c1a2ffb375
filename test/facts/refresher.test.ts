import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import type { StoredDocument } from "../../src/facts/refresh/documents.ts"
import { manyRows, modelsDevDocument, row } from "../kit/models-dev.ts"
import { dayMs, memoryDocuments, refreshRig, upstream } from "../kit/refresh.ts"

let answer: (request: Request) => Response | Promise<Response>
let seen: Request[] = []
let server: ReturnType<typeof Bun.serve>
beforeAll(() => {
  server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch(request) {
      seen.push(request)
      return answer(request)
    },
  })
})
afterAll(() => server.stop(true))

const url = () => `http://127.0.0.1:${server.port}/api.json?token=secret`
const documentOf = (name: string) => modelsDevDocument({ openai: { "gpt-a": row({ name }) } })
const begin = (...parts: Parameters<typeof refreshRig>) => {
  seen = []
  return refreshRig({ url: url(), ...parts[0] })
}

describe("an unchanged document", () => {
  const tagged = (request: Request) =>
    request.headers.get("if-none-match") === '"v1"'
      ? new Response(null, { status: 304 })
      : Response.json(documentOf("First"), { headers: { etag: '"v1"' } })

  test("is asked for by its tag, and only the moment changes", async () => {
    const rig = begin()
    answer = tagged
    expect(await rig.refresher.refresh({})).toMatchObject([{ outcome: "fetched", models: 1 }])
    const replaced = rig.replaced()
    rig.now += dayMs
    expect(await rig.refresher.refresh({})).toMatchObject([{ outcome: "unchanged", models: 1 }])
    expect(rig.replaced()).toBe(replaced)
    const stored = rig.documents.rows.get("models.dev")!
    expect(stored.checkedAt - stored.fetchedAt).toBe(dayMs)
    expect(seen.map(({ headers }) => headers.get("if-none-match"))).toEqual([null, '"v1"'])
  })

  test("without a tag is known by what is in it, and nobody is told to build anything anew", async () => {
    const rig = begin()
    answer = () => Response.json(documentOf("First"))
    expect(await rig.refresher.refresh({})).toMatchObject([{ outcome: "fetched" }])
    const replaced = rig.replaced()
    rig.now += dayMs
    expect(await rig.refresher.refresh({})).toMatchObject([{ outcome: "unchanged" }])
    expect(rig.replaced()).toBe(replaced)
    expect(rig.refresher.state()[0]).toMatchObject({ checkedAt: rig.now, fetchedAt: rig.now - dayMs })
    answer = () => Response.json(documentOf("Second"))
    expect(await rig.refresher.refresh({})).toMatchObject([{ outcome: "fetched" }])
  })

  test("after a restart too", async () => {
    const rig = begin()
    answer = tagged
    await rig.refresher.refresh({})
    const next = begin({ documents: rig.documents })
    expect(await next.refresher.refresh({})).toMatchObject([{ outcome: "unchanged", models: 1 }])
    expect(next.sources.get("models.dev")?.of("openai", "gpt-a")?.name).toBe("First")
  })

  test("at another address it is another document", async () => {
    const rig = begin()
    answer = tagged
    await rig.refresher.refresh({})
    rig.settings.url = `http://127.0.0.1:${server.port}/mirror.json`
    expect(await rig.refresher.refresh({})).toMatchObject([{ outcome: "fetched" }])
  })
})

describe("the kept copy", () => {
  test("is there after a restart without a question to anybody", async () => {
    const rig = begin()
    answer = () => Response.json(documentOf("Kept"))
    await rig.refresher.refresh({})
    const next = begin({ documents: rig.documents })
    const [source] = await next.refresher.sources()
    expect(source?.of("openai", "gpt-a")?.name).toBe("Kept")
    expect(source?.asOf).toBe(rig.now)
    expect(next.asked).toEqual([])
  })

  test("has neither query nor credentials of the address", async () => {
    const rig = begin()
    answer = () => Response.json(documentOf("Kept"))
    await rig.refresher.refresh({})
    expect(rig.asked).toEqual([url()])
    expect(
      JSON.stringify([rig.documents.rows.get("models.dev")?.url, rig.refresher.state(), rig.logged]),
    ).not.toContain("secret")
  })

  test("that cannot be read is as good as none", async () => {
    const broken: StoredDocument = {
      name: "models.dev",
      url: "http://127.0.0.1/",
      etag: '"v1"',
      fetchedAt: 1,
      checkedAt: 1,
      body: new Uint8Array([1, 2, 3]),
    }
    const rig = begin({ documents: memoryDocuments(new Map([["models.dev", broken]])) })
    expect(await rig.refresher.sources()).toEqual([])
    answer = () => Response.json(documentOf("New"))
    expect(await rig.refresher.refresh({})).toMatchObject([{ outcome: "fetched" }])
    expect(seen[0]?.headers.get("if-none-match")).toBeNull()
  })

  test("that cannot be written is used all the same", async () => {
    const rig = begin()
    rig.documents.put = () => Promise.reject(new Error("disk full"))
    answer = () => Response.json(documentOf("New"))
    expect(await rig.refresher.refresh({})).toMatchObject([{ outcome: "failed", error: "disk full" }])
    expect(rig.sources.get("models.dev")?.of("openai", "gpt-a")?.name).toBe("New")
  })
})

describe("what is due", () => {
  test("is what was never asked for, then what is old enough", async () => {
    const rig = begin()
    answer = () => Response.json(documentOf("A"))
    expect(await rig.refresher.refreshDue()).toMatchObject([{ outcome: "fetched" }])
    rig.now += dayMs - 1
    expect(await rig.refresher.refreshDue()).toEqual([])
    rig.now += 1
    answer = () => Response.json(documentOf("B"))
    expect(await rig.refresher.refreshDue()).toMatchObject([{ outcome: "fetched" }])
  })

  test("follows the configuration of the moment", async () => {
    const rig = begin()
    answer = () => Response.json(documentOf("A"))
    rig.settings.refreshMs = 0
    expect(await rig.refresher.refreshDue()).toEqual([])
    rig.settings.refreshMs = 1000
    expect(await rig.refresher.refreshDue()).toHaveLength(1)
    rig.now += 1000
    expect(await rig.refresher.refreshDue()).toHaveLength(1)
    rig.upstreams = [upstream("mock")]
    rig.now += 1000
    expect(await rig.refresher.refreshDue()).toEqual([])
  })

  test("after failures waits ever longer, and is told once a day", async () => {
    const rig = begin()
    answer = () => new Response("no", { status: 500 })
    const waits: number[] = []
    for (let step = 0; step < 8; step++) {
      expect(await rig.refresher.refreshDue()).toHaveLength(1)
      const { dueAt, failures } = rig.refresher.state()[0]!
      expect(failures).toBe(step + 1)
      waits.push((dueAt! - rig.now) / 60_000)
      rig.now = dueAt! - 1
      expect(await rig.refresher.refreshDue()).toEqual([])
      rig.now = dueAt!
    }
    expect(waits).toEqual([10, 20, 40, 80, 160, 320, 360, 360])
    expect(rig.logged.filter(({ level }) => level === "warn")).toHaveLength(1)
    rig.now += dayMs
    await rig.refresher.refreshDue()
    expect(rig.logged.filter(({ level }) => level === "warn")).toHaveLength(2)
  })

  test("a moment to come in the store does not stop it", async () => {
    const rig = begin()
    answer = () => Response.json(documentOf("A"))
    rig.now += 10 * dayMs
    await rig.refresher.refreshDue()
    rig.now -= 10 * dayMs
    expect(await rig.refresher.refreshDue()).toHaveLength(1)
  })

  test("what another gateway on the same store has fetched is taken from there", async () => {
    const rig = begin()
    const other = begin({ documents: rig.documents })
    answer = () => Response.json(documentOf("Theirs"))
    await rig.refresher.sources()
    await other.refresher.refresh({})
    expect(await rig.refresher.refreshDue()).toEqual([])
    expect(rig.asked).toEqual([])
    expect(rig.sources.get("models.dev")?.of("openai", "gpt-a")?.name).toBe("Theirs")
  })
})

describe("air-gapped", () => {
  test("nothing is fetched, whoever asks", async () => {
    const listing = { endpoint: () => ({ url: url(), headers: {} }), read: () => [] }
    const rig = begin({ upstreams: [upstream("openai", "openai", listing)] })
    rig.settings.airGapped = true
    expect(await rig.refresher.refreshDue()).toEqual([])
    expect(rig.refresher.refresh({})).rejects.toMatchObject({ code: "conflict" })
    await rig.refresher.refresh({ force: true }).catch(() => {})
    await rig.refresher.sync()
    await rig.refresher.sources()
    expect(rig.asked).toEqual([])
    expect(rig.refresher.state().map(({ dueAt }) => dueAt)).toEqual([undefined, undefined])
  })

  test("what was kept is used", async () => {
    const rig = begin()
    answer = () => Response.json(documentOf("Kept"))
    await rig.refresher.refresh({})
    const next = begin({ documents: rig.documents })
    next.settings.airGapped = true
    expect((await next.refresher.sources())[0]?.of("openai", "gpt-a")?.name).toBe("Kept")
  })
})

test("one document at a time, however many ask", async () => {
  const rig = begin()
  let [running, most] = [0, 0]
  answer = async () => {
    most = Math.max(most, ++running)
    await new Promise((resolve) => setImmediate(resolve))
    running--
    return Response.json(modelsDevDocument({ openai: manyRows(30) }))
  }
  await Promise.all(Array.from({ length: 5 }, () => rig.refresher.refresh({})))
  expect([most, seen.length]).toEqual([1, 5])
})

test("the end of the gateway is the end of what is under way, and nobody is warned", async () => {
  const rig = begin()
  const asked = Promise.withResolvers<void>()
  answer = () => {
    asked.resolve()
    return new Promise<Response>(() => {})
  }
  const running = rig.refresher.refresh({})
  await asked.promise
  await rig.refresher.stop()
  expect(await running).toMatchObject([{ outcome: "failed" }])
  expect(rig.logged).toEqual([])
  expect(rig.refresher.refreshDue()).rejects.toMatchObject({ code: "server_stopping" })
})
