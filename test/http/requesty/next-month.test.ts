import { afterAll, expect, setSystemTime, test } from "bun:test"
import { RequestyManagement } from "../../kit/clients/requesty-management.ts"
import { adminKey, startGateway } from "../../kit/gateway.ts"
import { errorOf } from "../../kit/upstreams.ts"

setSystemTime(new Date("2027-01-31T23:50:00Z"))
const gateway = await startGateway({})
const admin = new RequestyManagement(gateway.url, adminKey)
afterAll(async () => {
  await gateway.stop()
  setSystemTime()
})

interface Answer {
  readonly usage: { readonly cost: number }
}

/** Twenty words: 0.00006 USD each time. */
const words = "word ".repeat(20)
const chat = (key: string) =>
  gateway.chat({ model: "mock/echo", messages: [{ role: "user", content: words }] }, { authorization: `Bearer ${key}` })

/** Calls until it is refused; what all answers said that they cost, and the refusal. */
async function spendAll(key: string) {
  let cost = 0
  for (;;) {
    const answer = await chat(key)
    if (answer.status !== 200) return { cost, status: answer.status, error: await errorOf(answer) }
    cost += ((await answer.json()) as Answer).usage.cost
  }
}

test("what is spent in a month is refused with 412, and the first of the next one begins anew", async () => {
  const group = await admin.createGroup({ name: "search", monthly_limit: 0.001 })
  const own = await admin.createKey({ name: "own limit", monthly_limit: "0.0005" })
  const grouped = await admin.createKey({ name: "the group's", group_id: group })
  const first = await spendAll(own.api_key)
  expect([first.status, first.cost > 0.0003, first.cost <= 0.0005]).toEqual([412, true, true])
  expect(first.error.message).toContain("It resets at 2027-02-01T00:00:00.000Z")
  const ofGroup = await spendAll(grouped.api_key)
  expect([ofGroup.status, ofGroup.cost <= 0.001]).toEqual([412, true])
  expect(ofGroup.error.message).toStartWith('Reached monthly spend limit for group "search"')

  setSystemTime(new Date("2027-02-01T00:00:01Z"))
  expect((await admin.getKey(own.api_key_id)).monthly_spend).toBe("0")
  const second = await spendAll(own.api_key)
  expect([second.status, second.cost]).toEqual([412, first.cost])
  expect((await chat(grouped.api_key)).status).toBe(200)
  expect((await admin.getKey(own.api_key_id)).monthly_spend).toBe(String(Number(second.cost.toFixed(9))))

  const asked = "start=2027-01-01T00:00:00Z&end=2027-03-01T00:00:00Z&group_by=group_name"
  for (const [resolution, names] of [
    ["month", ["2027-01-01", "2027-02-01"]],
    ["day", ["2027-01-31", "2027-02-01"]],
    ["hour", ["2027-01-31T23:00:00Z", "2027-02-01T00:00:00Z"]],
  ] as const) {
    const { usage } = await admin.keyUsage(own.api_key_id, `${asked}&resolution=${resolution}`)
    expect(Object.keys(usage)).toEqual([...names])
    expect(names.map((name) => Number(usage[name]!.spend))).toEqual([first.cost, second.cost].map(exact))
    const all = await admin.organisationUsage(`${asked}&resolution=${resolution}`)
    const january = all.usage[names[0]]!
    expect(Number(january.spend)).toBe(exact(first.cost + ofGroup.cost))
    expect(
      january.grouped_data!.map(({ group_by_values, spend }) => [group_by_values.group_name, Number(spend)]),
    ).toEqual(
      expect.arrayContaining([
        ["search", exact(ofGroup.cost)],
        ["", exact(first.cost)],
      ]),
    )
  }
})

/** Sums of fractions, as the nano-dollars that they are of. */
const exact = (usd: number): number => Number(usd.toFixed(9))
