import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { existsSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { readArguments } from "../../src/cli/arguments.ts"
import { commands } from "../../src/cli/commands.ts"
import { CommandFailure } from "../../src/cli/io.ts"
import { acquireLock, findHolder, lockFileName } from "../../src/cli/lock.ts"
import { serve } from "../../src/cli/serve.ts"
import type { Gateway, GatewayOptions } from "../../src/gateway/types.ts"
import { type CliHarness, cliHarness } from "../kit/cli.ts"

type Signal = "SIGHUP" | "SIGTERM" | "SIGINT"

let cli: CliHarness
beforeEach(() => {
  cli = cliHarness()
})
afterEach(() => cli.remove())

interface Steps {
  readonly listen?: () => Promise<{ url: string }>
  readonly reload?: (reason: string, options: GatewayOptions) => Promise<{ ok: boolean; problems: readonly string[] }>
  readonly stop?: (deadlineMs: number) => Promise<void>
  readonly firstRun?: Gateway["firstRun"]
}

/** Runs `serve` over a gateway that only writes down what it is asked for. */
const start = (words: readonly string[], steps: Steps = {}) => {
  const calls: string[] = []
  const exits: number[] = []
  let send: (signal: Signal) => void = () => {
    throw new Error("nobody listens to signals")
  }
  let ready = () => {}
  const listening = new Promise<void>((resolve) => {
    ready = resolve
  })
  const rules = commands.find(({ name }) => name === "serve")!.options
  const done = serve(readArguments(rules, words, { minimum: 0, maximum: 0 }), cli.io, {
    async createGateway(options) {
      calls.push(`create ${options.config.server.port} ${options.configFile ?? "-"}`)
      return {
        dataDir: options.config.dataDir,
        firstRun: steps.firstRun ?? {},
        curl: "curl -N http://127.0.0.1:1234/v1",
        listen: steps.listen ?? (async () => ({ url: "http://127.0.0.1:1234" })),
        async reload(reason) {
          calls.push(`reload ${reason}`)
          return (await steps.reload?.(reason, options)) ?? { ok: true, problems: [] }
        },
        async stop(deadlineMs) {
          calls.push(`stop ${deadlineMs}`)
          await steps.stop?.(deadlineMs)
        },
      }
    },
    onSignal(handler) {
      send = handler
      ready()
      return () => calls.push("signals off")
    },
    exit: (code) => void exits.push(code),
  })
  return { calls, exits, done, listening, signal: (signal: Signal) => send(signal) }
}

describe("serve", () => {
  test("prints where it is, the new keys and a line that works; SIGTERM ends it with 0", async () => {
    writeFileSync(join(cli.cwd, "signalbox.yaml"), "server: { shutdown_seconds: 7 }\n")
    const run = start(["--port", "0"], { firstRun: { adminKey: "sk-admin", inferenceKey: "sk-first" } })
    await run.listening
    await Promise.resolve()
    const { out } = cli.read()
    for (const part of [
      "listens on http://127.0.0.1:1234",
      join(cli.cwd, "data"),
      join(cli.cwd, "signalbox.yaml"),
      "sk-admin",
      "sk-first",
      "\ncurl -N http://127.0.0.1:1234/v1\n",
    ])
      expect(out).toContain(part)
    run.signal("SIGTERM")
    expect(await run.done).toBe(0)
    expect(run.calls).toEqual([`create 0 ${join(cli.cwd, "signalbox.yaml")}`, "stop 7000", "signals off"])
    expect(existsSync(join(cli.cwd, "data", lockFileName))).toBe(false)
  })

  test("tells others where it listens while it runs", async () => {
    const run = start([])
    await run.listening
    expect(findHolder(join(cli.cwd, "data"))?.url).toBe("http://127.0.0.1:1234")
    run.signal("SIGINT")
    await run.done
  })

  test("behind a proxy others are told the address on this machine", async () => {
    writeFileSync(join(cli.cwd, "signalbox.yaml"), "server: { public_url: https://x.example, host: 0.0.0.0 }\n")
    const run = start([])
    await run.listening
    expect(findHolder(join(cli.cwd, "data"))?.url).toBe("http://127.0.0.1:8080")
    run.signal("SIGINT")
    await run.done
  })

  test("a second signal ends the process at once", async () => {
    let finish = () => {}
    const run = start([], {
      stop: () =>
        new Promise((resolve) => {
          finish = resolve
        }),
    })
    await run.listening
    run.signal("SIGTERM")
    expect(run.exits).toEqual([])
    run.signal("SIGINT")
    expect(run.exits).toEqual([1])
    await Promise.resolve()
    finish()
    expect(await run.done).toBe(0)
  })

  test("SIGHUP reloads with the command line's own wishes; wishes during a reload become one", async () => {
    let release = () => {}
    let entered = () => {}
    const inside = new Promise<void>((resolve) => {
      entered = resolve
    })
    const ports: number[] = []
    let again = () => {}
    const twice = new Promise<void>((resolve) => {
      again = resolve
    })
    const run = start(["--port", "4321"], {
      async reload(_, options) {
        ports.push((await options.load()).config.server.port)
        entered()
        if (ports.length === 1)
          await new Promise<void>((resolve) => {
            release = resolve
          })
        else again()
        return { ok: true, problems: [] }
      },
    })
    await run.listening
    run.signal("SIGHUP")
    await inside
    run.signal("SIGHUP")
    run.signal("SIGHUP")
    release()
    await twice
    run.signal("SIGTERM")
    expect(await run.done).toBe(0)
    expect(ports).toEqual([4321, 4321])
  })

  test("a changed file reloads; a refused one is told in the log", async () => {
    writeFileSync(join(cli.cwd, "signalbox.yaml"), "server: {}\n")
    let told = () => {}
    const refused = new Promise<void>((resolve) => {
      told = resolve
    })
    const run = start([], {
      async reload(_, options) {
        const problems = await options.load().then(
          () => [],
          (thrown: Error) => [thrown.message],
        )
        queueMicrotask(told)
        return { ok: problems.length === 0, problems }
      },
    })
    await run.listening
    writeFileSync(join(cli.cwd, "signalbox.yaml"), "sever: {}\n")
    await refused
    run.signal("SIGTERM")
    await run.done
    expect(run.calls).toContain("reload file changed")
    expect(cli.read().error).toContain("sever is no setting; did you mean server?")
  })

  test.each([
    ["EADDRINUSE", "port 8080 on 127.0.0.1 is in use by another program; choose another with --port"],
    ["EACCES", "no permission to listen on port 8080; choose one above 1023"],
    ["EADDRNOTAVAIL", "127.0.0.1 is no address of this machine"],
  ])("%s is told in words, and everything is let go", async (code, message) => {
    const run = start([], { listen: () => Promise.reject(Object.assign(new Error(code), { code })) })
    await expect(run.done).rejects.toThrow(new CommandFailure(message))
    expect(run.calls).toContain("stop 30000")
    expect(existsSync(join(cli.cwd, "data", lockFileName))).toBe(false)
  })

  test("a data directory in use is refused before anything is opened", async () => {
    const taken = acquireLock(join(cli.cwd, "data"), { role: "gateway" })
    const run = start([])
    await expect(run.done).rejects.toThrow(`in use by a gateway with process id ${process.pid}`)
    expect(run.calls).toEqual([])
    if (taken.ok) taken.lock.release()
  })
})
