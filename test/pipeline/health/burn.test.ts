import { expect, test } from "bun:test"
import type { AttemptRecord, Logger } from "../../../src/contract/index.ts"
import { Burn } from "../../../src/pipeline/burn.ts"
import { createMetrics } from "../../../src/telemetry/metrics.ts"

const attempt = (more: Partial<AttemptRecord>): AttemptRecord => ({
  provider: "dead",
  model: "m",
  status: 503,
  startedAt: 0,
  durationMs: 12_000,
  lane: "native",
  outcome: "failed",
  code: "provider_overloaded",
  ...more,
})
const answered = attempt({ provider: "alive", durationMs: 500, outcome: "ok", status: 200 })

function make() {
  const warnings: unknown[] = []
  const log = { warn: (_: string, fields: unknown) => warnings.push(fields) } as unknown as Logger
  const metrics = createMetrics()
  return { burn: new Burn(metrics, log), metrics, warnings }
}

test("time and money of what failed before the last attempt are counted, with what they waited for a place", () => {
  const { burn, metrics } = make()
  burn.note({ attempts: [attempt({ queuedMs: 3000, costNano: 700 }), attempt({ outcome: "cancelled" }), answered] }, 0)
  const text = metrics.expose()
  const labels = `{provider="dead",model="m",code="provider_overloaded"}`
  expect(text).toContain(`signalbox_fallback_burn_seconds_total${labels} 15\n`)
  expect(text).toContain(`signalbox_fallback_burn_nano_usd_total${labels} 700\n`)
  expect(text).not.toContain("alive")
  expect([...burn.list(0)]).toEqual([{ key: "dead/m", milliseconds: 15_000, costNano: 700 }])
})

test("the last attempt cost nobody another one", () => {
  const { burn } = make()
  burn.note({ attempts: [attempt({}), attempt({ provider: "also" })] }, 0)
  expect([...burn.list(0)].map(({ key }) => key)).toEqual(["dead/m"])
})

test("the log hears of it once when a minute of the last hour is lost, and again when it was better meanwhile", () => {
  const { burn, warnings } = make()
  const minute = 60_000
  for (let each = 0; each < 5; each++) burn.note({ attempts: [attempt({}), answered] }, each * minute)
  expect(warnings).toHaveLength(0)
  burn.note({ attempts: [attempt({}), answered] }, 5 * minute)
  expect(warnings).toEqual([{ upstream: "dead/m", code: "provider_overloaded", secondsOfLastHour: 72 }])
  for (let each = 6; each < 30; each++) burn.note({ attempts: [attempt({}), answered] }, each * minute)
  expect(warnings).toHaveLength(1)
  for (let each = 0; each < 8; each++) burn.note({ attempts: [attempt({}), answered] }, (200 + each) * minute)
  expect(warnings).toHaveLength(2)
})
