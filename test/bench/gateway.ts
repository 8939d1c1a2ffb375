import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { type FormatName, formats } from "./formats.ts"
import { type Started, start } from "./process.ts"

export const key = "bench-inference-key-0123456789"

/** An executable with everything on: a key with a limit (hold and settle), prices, ledger, metrics. In `home` stays what it keeps. */
export function startGateway(
  executable: string,
  home: string,
  upstream: string,
  names: readonly FormatName[],
): Promise<Started> {
  mkdirSync(home, { recursive: true })
  const file = join(home, "signalbox.yaml")
  const config = {
    server: { port: 0 },
    admin_key: "bench-management-key-0123456789",
    keys: [{ name: "bench", key, limit: 1_000_000, limit_reset: "monthly" }],
    providers: [...new Set(names)].map((name) => formats[name].provider(upstream)),
  }
  // Nothing leaves the machine. An older executable, to compare with, fetches nothing and may not know the word.
  writeFileSync(file, JSON.stringify({ ...config, catalog: { refresh_hours: 0 } }))
  const check = Bun.spawnSync([executable, "check"], { cwd: home, stdout: "ignore", stderr: "ignore" })
  if (!check.success) writeFileSync(file, JSON.stringify(config))
  return start([executable, "serve"], home, /(http:\/\/127\.0\.0\.1:\d+)/)
}
