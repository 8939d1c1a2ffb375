import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import type { Logger, Plugin } from "../../src/contract/index.ts"
import { createHost } from "../../src/host/host.ts"
import type { Host, HostConfig, HostDependencies } from "../../src/host/host-types.ts"
import type { Timers } from "../../src/host/timers.ts"

/** Time that stands still until it is moved. */
export class ManualTime implements Timers {
  #now = 1_000_000
  #next = 1
  readonly #pending = new Map<number, { readonly at: number; readonly task: () => void }>()

  now = (): number => this.#now

  set(task: () => void, milliseconds: number): number {
    const handle = this.#next++
    this.#pending.set(handle, { at: this.#now + milliseconds, task })
    return handle
  }

  clear(handle: unknown): void {
    this.#pending.delete(handle as number)
  }

  advance(milliseconds: number): void {
    this.#now += milliseconds
    for (const [handle, { at, task }] of [...this.#pending]) {
      if (at > this.#now) continue
      this.#pending.delete(handle)
      task()
    }
  }

  get pending(): number {
    return this.#pending.size
  }

  /** Resolves once a timer is set that the test can let run out. */
  async untilPending(count = 1): Promise<void> {
    while (this.#pending.size < count) await new Promise((resolve) => setImmediate(resolve))
  }
}

export interface LogLine {
  readonly level: string
  readonly message: string
  readonly fields: Readonly<Record<string, unknown>> | undefined
}

export function recordingLog(): Logger & { lines: LogLine[] } {
  const lines: LogLine[] = []
  const at = (level: string) => (message: string, fields?: Readonly<Record<string, unknown>>) => {
    lines.push({ level, message, fields })
  }
  return { lines, debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") }
}

type Use = HostConfig["use"][number]
type SectionGiven = Partial<Omit<HostConfig, "use">> & { readonly use?: readonly (Partial<Use> & Pick<Use, "name">)[] }

/** The `plugins:` section with its defaults, and a folder that is not there. */
export const pluginsSection = (given: SectionGiven = {}): HostConfig => ({
  dir: join(tmpdir(), "signalbox-no-such-folder"),
  hookMs: 30_000,
  failures: 10,
  retryMs: 30_000,
  drainMs: 600_000,
  ...given,
  use: (given.use ?? []).map((use) => ({ enabled: true, options: {}, secrets: {}, ...use })),
})

export interface TestHost extends AsyncDisposable {
  readonly host: Host
  readonly folder: string
  readonly time: ManualTime
  readonly log: ReturnType<typeof recordingLog>
  /** Writes files of the plugin folder; text undefined removes one. */
  write(files: Readonly<Record<string, string | undefined>>): Promise<void>
  config(more?: SectionGiven): HostConfig
}

/** A host on a folder of its own, without a watcher, in manual time. */
export async function testHost(
  builtIns: readonly Plugin[] = [],
  more: Partial<HostDependencies> = {},
): Promise<TestHost> {
  const folder = await mkdtemp(join(tmpdir(), "signalbox-host-"))
  const time = new ManualTime()
  const log = recordingLog()
  const host = createHost({
    builtIns,
    log,
    fetch: () => Promise.reject(new Error("no network in tests")),
    clock: time,
    timers: time,
    watch: false,
    ...more,
  } as HostDependencies)
  return {
    host,
    folder,
    time,
    log,
    config: (more = {}) => pluginsSection({ dir: folder, ...more }),
    async write(files) {
      for (const [name, text] of Object.entries(files)) {
        const path = join(folder, name)
        if (text === undefined) await rm(path, { recursive: true, force: true })
        else {
          await mkdir(dirname(path), { recursive: true })
          await writeFile(path, text)
        }
      }
    },
    async [Symbol.asyncDispose]() {
      await host.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** The text of a plugin that gives one transform, which puts `answer` into the model name. */
export const transformPlugin = (name: string, answer: string, more = ""): string => `
import { definePlugin, Type } from "signalbox/plugin"
${more}
export default definePlugin({
  name: ${JSON.stringify(name)},
  contract: 1,
  options: Type.Object({}),
  setup: () => ({
    transforms: [{ name: ${JSON.stringify(name)}, apply: (request) => ({ ...request, model: ${answer} }) }],
  }),
})
`

export const request = { model: "asked", messages: [], sampling: {}, stream: false } as const

export const callInfo = {
  requestId: "r",
  model: "m",
  keyId: "k",
  signal: new AbortController().signal,
}

/** What the transforms of the current roster make of a request's model. */
export async function transformed(host: Host): Promise<string> {
  let current: Parameters<ReturnType<Host["roster"]>["transforms"][number]["apply"]>[0] = request
  for (const transform of host.roster().transforms) current = await transform.apply(current, callInfo)
  return current.model
}

export const stateOf = (host: Host, name: string) => host.states().find((state) => state.name === name)

/** Resolves when nothing drains any more. */
export async function untilDisposed(host: Host): Promise<void> {
  while (host.states().some(({ state }) => state === "draining")) await new Promise((resolve) => setImmediate(resolve))
}
