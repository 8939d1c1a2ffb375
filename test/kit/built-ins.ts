import builtIns from "../../plugins/index.ts"
import type { Capabilities, Plugin } from "../../src/contract/index.ts"
import { embedWords } from "../../src/contract-suite/embed.ts"
import { createContext } from "../../src/host/context.ts"
import { Guard, Meter } from "../../src/host/guard.ts"
import { memoryRows } from "../../src/host/memory-rows.ts"
import { readOptions } from "../../src/host/options.ts"
import { checkCapabilities } from "../../src/host/self-check.ts"
import { memoryStorage, SharedValues } from "../../src/host/shared.ts"
import { ManualTime, recordingLog } from "../host/kit.ts"

/** Options of plugins that offer nothing without. */
const needed: Readonly<Record<string, unknown>> = {
  "semantic-cache": { model: "contract/embeddings" },
  "web-search": { backend: "searxng", base_url: "http://127.0.0.1:1" },
}

const contextFor = (plugin: string) => {
  const time = new ManualTime()
  const settings = { hookMs: 0, failures: 0, retryMs: 0, drainMs: 0 }
  return createContext({
    plugin,
    log: recordingLog(),
    fetch: Object.assign(() => Promise.reject(new Error("no network in tests")), { preconnect: () => {} }),
    secrets: {},
    redact: () => {},
    storage: memoryStorage(time),
    rows: memoryRows(time),
    embed: embedWords,
    shared: new SharedValues(),
    clock: time,
    guard: new Guard({ meter: new Meter(plugin), settings, timers: time, clock: time, onFault: () => {} }),
  })
}

export interface BuiltIn {
  readonly plugin: Plugin
  readonly capabilities: Capabilities
}

/** What the plugins of this repository give, without a network. */
export const setUpBuiltIns = (): Promise<readonly BuiltIn[]> =>
  Promise.all(
    builtIns.map(async (plugin) => {
      const { context } = contextFor(plugin.name)
      const given = await plugin.setup(readOptions(plugin, needed[plugin.name]), context)
      return { plugin, capabilities: checkCapabilities(given) }
    }),
  )
