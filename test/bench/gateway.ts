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
  writeFileSync(
    join(home, "signalbox.yaml"),
    JSON.stringify({
      server: { port: 0 },
      admin_key: "bench-management-key-0123456789",
      keys: [{ name: "bench", key, limit: 1_000_000, limit_reset: "monthly" }],
      providers: [...new Set(names)].map((name) => formats[name].provider(upstream)),
      catalog: { refresh_hours: 0 },
    }),
  )
  return start([executable, "serve"], home, /(http:\/\/127\.0\.0\.1:\d+)/)
}
