import { setTimeout as wait } from "node:timers/promises"
import type { Config } from "../config/config.ts"
import type { LoadedConfig } from "../config/load.ts"
import { type FileWatch, watchFiles } from "../config/watch.ts"
import { messageOf } from "../contract/errors.ts"
import type { CreateGateway, Gateway } from "../gateway/types.ts"
import type { RootLogger } from "../telemetry/logger.ts"
import type { Arguments } from "./arguments.ts"
import { loadFor, warn } from "./configuration.ts"
import { type CliIo, CommandFailure, exitCode } from "./io.ts"
import { acquireLock, foreignStaleMs, heldMessage, type Lock, type LockResult, touchEveryMs } from "./lock.ts"
import { logFor } from "./log.ts"
import { version } from "./version.ts"

export interface ServeSurroundings {
  readonly createGateway: CreateGateway
  /** Calls the handler for SIGHUP, SIGTERM and SIGINT; gives a function that ends that. */
  onSignal(handler: (signal: "SIGHUP" | "SIGTERM" | "SIGINT") => void): () => void
  /** Ends the process at once. */
  exit(code: number): void
}

/** Waits for a holder that cannot be seen from here to touch its lock, or to be found dead. */
const takeLock = async (dataDir: string, log: RootLogger): Promise<Lock> => {
  const attempts = Math.ceil(foreignStaleMs / touchEveryMs) + 1
  let result: LockResult | undefined
  for (let attempt = 0; attempt < attempts; attempt++) {
    result = acquireLock(dataDir, { role: "gateway" })
    if (result.ok) return result.lock
    if (!result.foreign) break
    if (attempt === 0) log.warn("the data directory may be in use elsewhere; waiting", { holder: result.holder })
    await wait(touchEveryMs)
  }
  if (result && !result.ok) throw new CommandFailure(heldMessage(dataDir, result.holder, result.foreign))
  throw new CommandFailure(`cannot take ${dataDir}`)
}

const banner = (gateway: Gateway, { url, others = [] }: Listening, file: string | undefined): string => {
  const { adminKey, inferenceKey } = gateway.firstRun
  const lines = [
    `signalbox ${version} listens on ${[url, ...others].join(" and ")}`,
    `  data            ${gateway.dataDir}`,
    `  configuration   ${file ?? "none; write one with: signalbox init"}`,
  ]
  if (adminKey) lines.push(`  admin key       ${adminKey}   (shown once; it manages keys and cannot run inference)`)
  if (inferenceKey) lines.push(`  inference key   ${inferenceKey}   (shown once)`)
  return `${lines.join("\n")}\n\nTry it:\n\n${gateway.curl}\n\n`
}

type Listening = Awaited<ReturnType<Gateway["listen"]>>

const listen = async (gateway: Gateway, main: { readonly host: string; readonly port: number }): Promise<Listening> => {
  try {
    return await gateway.listen()
  } catch (thrown) {
    const { code, host, port } = { ...main, ...(thrown as { code?: unknown; host?: string; port?: number }) }
    if (code === "EADDRINUSE")
      throw new CommandFailure(`port ${port} on ${host} is in use by another program; choose another with --port`)
    if (code === "EACCES") throw new CommandFailure(`no permission to listen on port ${port}; choose one above 1023`)
    if (code === "EADDRNOTAVAIL") throw new CommandFailure(`${host} is no address of this machine`)
    throw new CommandFailure(`cannot listen on ${host}, port ${port}: ${messageOf(thrown)}`, { cause: thrown })
  }
}

/** Where other commands on this machine reach the gateway; its public address may lead through a proxy that they cannot use. */
const localUrl = ({ server: { host, port, publicUrl } }: Config, url: string): string => {
  if (publicUrl === undefined || port === 0) return url
  const address = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host
  return `http://${address.includes(":") ? `[${address}]` : address}:${port}`
}

/** Reloads one after the other; a wish that comes during a reload is granted after it, once. */
const reloader = (gateway: Gateway, log: RootLogger) => {
  let running: Promise<void> | undefined
  let next: string | undefined
  const run = async (reason: string): Promise<void> => {
    const { ok, problems } = await gateway.reload(reason)
    if (ok) log.info("configuration reloaded", { reason })
    else for (const problem of problems) log.error("configuration refused", { reason, problem })
  }
  const start = async (reason: string): Promise<void> => {
    for (let now: string | undefined = reason; now !== undefined; now = next) {
      next = undefined
      await run(now).catch((thrown: unknown) => log.error("reload failed", { reason: now, error: thrown }))
    }
  }
  return (reason: string) => {
    if (running) next = reason
    else
      running = start(reason).finally(() => {
        running = undefined
      })
  }
}

/** Until SIGTERM or SIGINT. A second one ends the process at once. */
const untilStopped = (surroundings: ServeSurroundings, log: RootLogger, reload: (reason: string) => void) =>
  new Promise<() => void>((resolve) => {
    let stopping = false
    const off = surroundings.onSignal((signal) => {
      if (signal === "SIGHUP") return stopping ? undefined : reload("SIGHUP")
      log.warn(stopping ? "second signal: ending at once" : "stopping", { signal })
      if (stopping) {
        log.flush()
        surroundings.exit(exitCode.failed)
      }
      stopping = true
      resolve(() => off())
    })
  })

/** Runs the gateway until a signal ends it. */
export const serve = async (args: Arguments, io: CliIo, surroundings: ServeSurroundings): Promise<number> => {
  let watch: FileWatch | undefined
  const first = await loadFor(args, io)
  const log = logFor(first.config, io)
  const load = async (): Promise<LoadedConfig> => {
    const loaded = await loadFor(args, io)
    log.follow(loaded.config)
    await watch?.update(loaded.files)
    return loaded
  }
  const { config } = first
  warn(first, io)
  const lock = await takeLock(config.dataDir, log)
  try {
    const configFile = first.file === undefined ? {} : { configFile: first.file }
    const gateway = await surroundings.createGateway({ config, ...configFile, env: io.env, log, version, load })
    let forget = () => {}
    try {
      const listening = await listen(gateway, config.server)
      lock.announce(localUrl(config, listening.url))
      const reload = reloader(gateway, log)
      watch = await watchFiles({
        files: first.files,
        onChange: () => reload("file changed"),
        onError: (thrown) => log.error("cannot watch the configuration", { error: thrown }),
      })
      const stopped = untilStopped(surroundings, log, reload)
      io.out(banner(gateway, listening, first.file))
      forget = await stopped
    } finally {
      watch?.close()
      await gateway.stop(config.server.shutdownMs)
      forget()
    }
    log.info("stopped")
    return exitCode.fine
  } finally {
    lock.release()
    log.flush()
  }
}

const signals = ["SIGHUP", "SIGTERM", "SIGINT"] as const

export const serveCommand = async (args: Arguments, io: CliIo): Promise<number> => {
  const { createGateway } = await import("../gateway.ts")
  return serve(args, io, {
    createGateway,
    onSignal(handler) {
      const handlers = signals.map((signal) => [signal, () => handler(signal)] as const)
      for (const [signal, listener] of handlers) process.on(signal, listener)
      return () => {
        for (const [signal, listener] of handlers) process.off(signal, listener)
      }
    },
    exit: (code) => process.exit(code),
  })
}
