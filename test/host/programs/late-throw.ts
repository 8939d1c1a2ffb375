/** Loads plugins that throw from a timer and reject a promise nobody waits for; prints what the host blames, then ends well. */
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { installGuardHandlers } from "../../../src/host/guard-handlers.ts"
import { createHost } from "../../../src/host/host.ts"
import { pluginsSection, recordingLog } from "../kit.ts"

const plugin = (name: string, act: string) => `
import { Type } from "signalbox/plugin"
export default { name: "${name}", contract: 1, options: Type.Object({}), setup: () => { ${act}; return {} } }`

const folder = await mkdtemp(join(tmpdir(), "signalbox-late-"))
await writeFile(join(folder, "timer.ts"), plugin("timer", "setTimeout(() => { throw new Error('from a timer') }, 0)"))
await writeFile(join(folder, "promise.ts"), plugin("promise", "Promise.reject(new Error('from a promise'))"))

const faults: string[] = []
const log = recordingLog()
let done = () => {}
const all = new Promise<void>((resolve) => {
  done = resolve
})
const host = createHost({
  builtIns: [],
  log,
  fetch,
  clock: Date,
  watch: false,
  onFault: ({ plugin, hook, message }) => {
    faults.push(`${plugin}: ${hook}: ${message}`)
    if (faults.length === 2) done()
  },
})
installGuardHandlers({ blame: (thrown, hook) => host.blame(thrown, hook), log })
await host.start(pluginsSection({ dir: folder }))
await all
const unattributed = new Promise<void>((resolve) => {
  const error = log.error
  log.error = (message, fields) => {
    error(message, fields)
    resolve()
  }
})
setTimeout(() => {
  throw new Error("nobody's")
}, 0)
await unattributed
await host.close()
await rm(folder, { recursive: true })
const own = log.lines.filter(({ level }) => level === "error").map(({ message, fields }) => [message, fields?.error])
console.log(JSON.stringify({ faults: faults.sort(), own }))
