import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import type { KeyLine } from "../../src/cli/key-desk.ts"
import { acquireLock, type Lock } from "../../src/cli/lock.ts"
import { type CliHarness, cliHarness } from "../kit/cli.ts"

let cli: CliHarness
const write = (text: string) => writeFileSync(join(cli.cwd, "signalbox.yaml"), text)
beforeEach(() => {
  cli = cliHarness()
})
afterEach(() => cli.remove())

const listed = async (...words: string[]): Promise<readonly KeyLine[]> =>
  JSON.parse((await cli.run("keys", "list", "--json", ...words)).out).data

describe("keys in a data directory that nobody uses", () => {
  test("made, listed, disabled; the token stands alone on standard output", async () => {
    const made = await cli.run("keys", "create", "dev", "--limit", "2.5", "--limit-reset", "weekly", "--strict")
    expect(made.code).toBe(0)
    expect(made.out).toMatch(/^sk-\S{20,}\n$/)
    expect(made.error).not.toContain(made.out.trim())
    expect(await listed()).toMatchObject([
      {
        name: "dev",
        kind: "inference",
        limit: 2.5,
        limit_reset: "weekly",
        strict: true,
        disabled: false,
        source: "store",
      },
    ])
    expect((await cli.run("keys", "disable", "dev")).out).toBe("The key dev is disabled.\n")
    const { out } = await cli.run("keys", "list")
    expect(out).toMatch(/^NAME .*\ndev +inference +disabled +2\.5 USD weekly +all +never +store /)
    expect(out).not.toContain(made.out.trim())
  })

  test("with everything that decides where its requests go", async () => {
    const words = ["--models", "anthropic/*, openai/gpt-5", "--default-model", "policy/x", "--cache", "on"]
    const more = ["--provider", '{"zdr":true}', "--stream-recovery", "continue", "--priority", "-2"]
    expect((await cli.run("keys", "create", "dev", ...words, ...more)).code).toBe(0)
    expect(await listed()).toMatchObject([
      {
        models: ["anthropic/*", "openai/gpt-5"],
        default_model: "policy/x",
        provider: { zdr: true },
        cache: true,
        stream_recovery: "continue",
        priority: -2,
      },
    ])
    expect((await cli.run("keys", "list")).out).toContain("anthropic/*, openai/gpt-5")
  })

  test("with what else there is to say of it", async () => {
    const words = ["--label", "team=search, env=a=b", "--rpm", "60", "--tpm", "1000", "--concurrency", "2", "--read"]
    expect((await cli.run("keys", "create", "dev", ...words)).code).toBe(0)
    expect(await listed()).toMatchObject([
      {
        owner: null,
        labels: { team: "search", env: "a=b" },
        rates: { requests_per_minute: 60, tokens_per_minute: 1000, concurrency: 2 },
        manage: "read",
      },
    ])
  })

  test.each([
    [["--owner-member", "a@x"], 'There is no member "a@x"'],
    [["--service-account", "robot"], 'There is no service account "robot"'],
    [["--group", "red"], 'There is no group "red"'],
    [["--owner-member", "a@x", "--service-account", "robot"], "give --owner-member or --service-account"],
    [["--label", "team"], "--label must be names with values"],
    [["--rpm", "0"], "--rpm must be a whole number of at least 1"],
    [["--cache", "yes"], "--cache must be one of on, off"],
    [["--stream-recovery", "continu"], "did you mean continue?"],
    [["--provider", "[]"], "--provider must be a JSON object"],
    [["--provider", '{"zdr":"yes"}'], "provider.zdr"],
    [["--provider", '{"onyl":["a"]}'], '"provider.onyl" is not known; did you mean only?'],
    [["--models", ","], "models"],
  ])("what is wrong in %j is told before anything is made", async (words, told) => {
    const refused = await cli.run("keys", "create", "dev", ...words)
    expect(refused.code).not.toBe(0)
    expect(refused.error).toContain(told)
    expect(await listed()).toEqual([])
  })

  test("named by the beginning of their id", async () => {
    await cli.run("keys", "create", "dev", "--expires-at", "2030-01-31T12:00:00+02:00")
    const [key] = await listed()
    expect(key!.expires_at).toBe("2030-01-31T10:00:00.000Z")
    expect((await cli.run("keys", "disable", key!.id.slice(0, 10))).code).toBe(0)
  })

  test("a second one of the same name is refused", async () => {
    await cli.run("keys", "create", "dev")
    const { code, error } = await cli.run("keys", "create", "dev")
    expect([code, error]).toEqual([1, "signalbox keys create: there is a key dev already; choose another name\n"])
  })

  test("an unknown one is refused with the nearest name", async () => {
    await cli.run("keys", "create", "development")
    const { code, error } = await cli.run("keys", "disable", "developmnet")
    expect([code, error]).toEqual([
      1,
      "signalbox keys disable: there is no key developmnet; did you mean development?\n",
    ])
  })

  test("those of the file are shown and left to the file", async () => {
    write("keys: [ { name: mine, key: sk-11aaff2233 } ]\n")
    expect(await listed()).toMatchObject([{ name: "mine", source: "file" }])
    const { code, error } = await cli.run("keys", "disable", "mine")
    expect(code).toBe(1)
    expect(error).toContain("the key mine belongs to the configuration file; write disabled: true there")
  })

  test("the directory is free again afterwards, also after a failure", async () => {
    await cli.run("keys", "disable", "none")
    const taken = acquireLock(join(cli.cwd, "data"), { role: "gateway" })
    expect(taken.ok).toBe(true)
    if (taken.ok) taken.lock.release()
  })

  test("an empty list says how to begin", async () => {
    expect((await cli.run("keys", "list")).out).toBe("There are no keys. Make one with: signalbox keys create NAME\n")
  })
})

describe("keys of a running gateway", () => {
  const line = {
    id: "a".repeat(64),
    name: "dev",
    label: "sk-a...z",
    kind: "inference",
    disabled: false,
    limit: null,
    limit_reset: "never",
    strict: false,
    expires_at: null,
    created_at: "2026-01-01T00:00:00.000Z",
    source: "store",
  }
  const asked: { line: string; key: string | null; body: unknown }[] = []
  let server: ReturnType<typeof Bun.serve>
  let lock: Lock

  beforeEach(() => {
    asked.length = 0
    server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      async fetch(request) {
        const text = await request.text()
        const { pathname } = new URL(request.url)
        const key = request.headers.get("authorization")
        asked.push({ line: `${request.method} ${pathname}`, key, body: text === "" ? null : JSON.parse(text) })
        if (key === null) return Response.json({ error: { message: "No API key." } }, { status: 401 })
        if (key !== "Bearer admin-1") return Response.json({ error: { message: "Not known here." } }, { status: 403 })
        if (request.method === "POST") return Response.json({ key: "sk-new", data: line }, { status: 201 })
        if (request.method === "PATCH") return Response.json({ data: { ...line, disabled: true } })
        return Response.json({ data: [line] })
      },
    })
    const taken = acquireLock(join(cli.cwd, "data"), { role: "gateway" })
    if (!taken.ok) throw new Error("refused")
    lock = taken.lock
    lock.announce(`http://127.0.0.1:${server.port}`)
  })
  afterEach(async () => {
    lock.release()
    await server.stop(true)
  })

  test("are asked for over HTTP with the management key", async () => {
    const made = await cli.run("keys", "create", "dev", "--limit", "3", "--admin-key", "admin-1")
    expect([made.code, made.out]).toEqual([0, "sk-new\n"])
    expect(await listed("--admin-key", "admin-1")).toHaveLength(1)
    expect((await cli.run("keys", "disable", "dev", "--admin-key", "admin-1")).out).toBe("The key dev is disabled.\n")
    expect(asked).toEqual([
      { line: "POST /admin/keys", key: "Bearer admin-1", body: { name: "dev", limit: 3 } },
      { line: "GET /admin/keys", key: "Bearer admin-1", body: null },
      { line: "GET /admin/keys", key: "Bearer admin-1", body: null },
      { line: `PATCH /admin/keys/${line.id}`, key: "Bearer admin-1", body: { disabled: true } },
    ])
  })

  test("with the key of the file", async () => {
    write("admin_key: f00dcafe12345678\n")
    await cli.run("keys", "list")
    expect(asked[0]!.key).toBe("Bearer f00dcafe12345678")
  })

  test("elsewhere, with the key of the environment", async () => {
    const other = cliHarness({ SIGNALBOX_ADMIN_KEY: "admin-1" })
    const { code } = await other.run("keys", "list", "--url", `http://127.0.0.1:${server.port}/`)
    other.remove()
    expect([code, asked[0]!.key]).toEqual([0, "Bearer admin-1"])
  })

  test("without a key say which one is wanted", async () => {
    const { code, error } = await cli.run("keys", "list")
    expect(code).toBe(1)
    expect(error).toContain("wants its management key: give --admin-key KEY or set SIGNALBOX_ADMIN_KEY")
  })

  test("refusals are told in the gateway's own words", async () => {
    const { code, error } = await cli.run("keys", "list", "--admin-key", "wrong")
    expect([code, error]).toEqual([1, "signalbox keys list: Not known here.\n"])
  })

  test("a gateway that does not answer is told", async () => {
    const { port } = server
    await server.stop(true)
    const { code, error } = await cli.run("keys", "list", "--admin-key", "admin-1")
    expect(code).toBe(1)
    expect(error).toContain(`the gateway at http://127.0.0.1:${port} cannot be reached`)
  })
})
