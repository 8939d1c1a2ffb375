import { afterAll, expect, test } from "bun:test"
import { fuzzOnce, startRig } from "./fuzz.ts"

const rig = await startRig()
afterAll(() => rig.stop())

/** A few rounds of what `bun run fuzz` does for as long as one likes. */
test("broken bodies and broken upstreams: no crash, no fault of ours, no hang, streams that end as their format says", async () => {
  for (let round = 0; round < 400; round++) await fuzzOnce(rig, 20_261_120 + round)
}, 120_000)

test("nothing is held afterwards, neither money nor plugins", async () => {
  await rig.checkReleased()
  expect(rig.gateway.logged()).not.toMatch(/"code":"internal"|unhandled/i)
})
