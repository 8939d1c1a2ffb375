import { describe, expect, test } from "bun:test"
import builtIns from "../../plugins/index.ts"
import { bindCases } from "../../src/contract-suite/run.ts"
import { createContext } from "../../src/host/context.ts"
import { Guard, Meter } from "../../src/host/guard.ts"
import { readOptions } from "../../src/host/options.ts"
import { checkCapabilities } from "../../src/host/self-check.ts"
import { memoryStorage, SharedValues } from "../../src/host/shared.ts"
import { ManualTime, recordingLog } from "../host/kit.ts"

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
    shared: new SharedValues(),
    clock: time,
    guard: new Guard({ meter: new Meter(plugin), settings, timers: time, clock: time, onFault: () => {} }),
  })
}

/** Options of plugins that offer nothing without. */
const needed: Readonly<Record<string, unknown>> = {
  "web-search": { backend: "searxng", base_url: "http://127.0.0.1:1" },
}

for (const plugin of builtIns) {
  const { context } = contextFor(plugin.name)
  const capabilities = checkCapabilities(await plugin.setup(readOptions(plugin, needed[plugin.name]), context))
  describe(`${plugin.name} keeps the contract`, () => {
    const cases = bindCases(capabilities)
    test("and has something to offer", () => {
      expect(cases.length).toBeGreaterThan(0)
    })
    for (const { subject, name, skip, run } of cases) test.skipIf(skip !== undefined)(`${subject}: ${name}`, run)
  })
}
