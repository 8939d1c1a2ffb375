import { afterEach, expect, test } from "bun:test"
import { pluginFolder, pluginText } from "../kit/plugin-folder.ts"
import { ask, generationOf, type Rig, startRig } from "../kit/upstreams.ts"

const open: (() => unknown)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

async function rigWith(order: string, scenarios = ["text", "text", "text"]): Promise<Rig> {
  const folder = pluginFolder({ "own.ts": pluginText("own", `{ strategies: [{ name: "own", order: ${order} }] }`) })
  const rig = await startRig(scenarios, { strategy: "own", plugins: { dir: folder.dir } })
  open.push(folder.remove, () => rig.stop())
  return rig
}
const counts = ({ fakes }: Rig) => fakes.map(({ count }) => count)

for (const path of ["/v1/chat/completions", "/api/v1/chat/completions"]) {
  for (const stream of [false, true]) {
    test(`gives the order of the attempts (${path}, ${stream ? "streamed" : "whole"})`, async () => {
      const rig = await rigWith("(candidates) => candidates.toReversed()", ["text", "text", "error-500"])
      const response = await rig.gateway.post(path, ask("hi", { stream }))
      expect(await response.text()).toContain("Hello")
      const { attempts } = await generationOf(rig.gateway, response)
      expect(attempts.map(({ provider, outcome }) => `${provider} ${outcome}`)).toEqual(["p2 failed", "p1 ok"])
    })
  }
}

test("sees what is known of each candidate", async () => {
  const rig = await rigWith(
    `(candidates) => candidates.toSorted((left, right) => Number(right.latencyMs !== undefined) - Number(left.latencyMs !== undefined))`,
  )
  await (await rig.gateway.chat(ask("hi"))).text()
  await (await rig.gateway.chat(ask("hi"))).text()
  expect(counts(rig)).toEqual([2, 0, 0])
})

test("one that throws falls back to the configured order", async () => {
  const rig = await rigWith('() => { throw new Error("no idea") }')
  expect((await rig.gateway.chat(ask("hi"))).status).toBe(200)
  expect(counts(rig)).toEqual([1, 0, 0])
  expect(rig.gateway.logged()).toContain("strategy failed")
})

test("one that gives no list does so too", async () => {
  const rig = await rigWith("() => undefined")
  expect((await rig.gateway.chat(ask("hi"))).status).toBe(200)
})

test("orders only: what it leaves out comes last, what it makes up does not come", async () => {
  const invented = "{ ...candidates[0], offer: { ...candidates[0].offer, upstream: 'error-500', key: 'x' } }"
  const rig = await rigWith(`(candidates) => [${invented}, candidates[1], candidates[1]]`, [
    "text",
    "error-500",
    "text",
  ])
  const response = await rig.gateway.chat(ask("hi"))
  const { attempts } = await generationOf(rig.gateway, response)
  expect(attempts.map(({ provider }) => provider)).toEqual(["p1", "p0"])
})

test("the client's own provider.order wins", async () => {
  const rig = await rigWith("(candidates) => candidates.toReversed()")
  await rig.gateway.chat(ask("hi", { provider: { order: ["p1"] } }))
  expect(counts(rig)).toEqual([0, 1, 0])
})
