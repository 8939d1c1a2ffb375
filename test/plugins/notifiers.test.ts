import { describe, expect, test } from "bun:test"
import { type Alert, alertText } from "../../src/contract/index.ts"
import { alertCorpus } from "../../src/contract-suite/notifiers.ts"
import { setUpBuiltIns } from "../kit/built-ins.ts"

const notifiers = new Map(
  (await setUpBuiltIns()).flatMap(({ capabilities }) => capabilities.notifiers ?? []).map((one) => [one.name, one]),
)
/** What receivers read, of all three. */
interface Body {
  readonly type: string
  readonly test: boolean
  readonly text: string
  readonly threshold: object
  readonly blocks: readonly {
    readonly type: string
    readonly text: { readonly text: string }
    readonly fields: object[]
  }[]
  readonly attachments: readonly { readonly contentType: string; readonly content: object }[]
}

const bodyOf = (name: string, alert: Alert) => notifiers.get(name)!.message(alert).body as unknown as Body
const alertOn = (on: Alert["on"], kind?: Alert["kind"]) =>
  alertCorpus.find((alert) => alert.on === on && alert.kind === (kind ?? alert.kind))!

test("there are three", () => {
  expect([...notifiers.keys()].toSorted()).toEqual(["slack", "teams", "webhook"])
})

describe("webhook", () => {
  test("a member's percentage has Requesty's fields", () => {
    expect(bodyOf("webhook", alertOn("member")) as unknown).toEqual({
      type: "user.budget.exceeded_percent",
      id: "alert_0123456789abcdef",
      user: { id: "member_1", email: "ada@example.com" },
      group: { id: "g1", name: "Research" },
      threshold: {
        kind: "percent",
        value: 33.3,
        budget: 4_000_000,
        current_spend: 4_000_000,
        window: "monthly",
      },
      alert: "Spending",
      organization: "signalbox",
      fired_at: "2027-01-31T12:00:00.000Z",
    })
  })

  test("each subject and kind has its type", () => {
    expect(alertCorpus.map((alert) => bodyOf("webhook", alert).type)).toEqual([
      "api_key.budget.exceeded_percent",
      "user.budget.exceeded_percent",
      "group.spend.exceeded",
      "service_account.spend.exceeded",
      "project.budget.exceeded_percent",
      "org.balance.below",
      "api_key.spend.exceeded",
    ])
  })

  test("an amount has no budget, a balance says what is left, a test says that it is one", () => {
    expect(bodyOf("webhook", alertOn("group")).threshold).toMatchObject({ kind: "absolute", value: 0.5, budget: null })
    expect(bodyOf("webhook", alertOn("organisation")).threshold).toMatchObject({ value: 5, balance: 4, budget: 100 })
    expect(bodyOf("webhook", alertCorpus.find(({ test }) => test)!).test).toBe(true)
    expect(bodyOf("webhook", alertOn("key"))).not.toHaveProperty("test")
  })
})

describe("slack", () => {
  test("a message has a text for notifications, and blocks within Slack's limits", () => {
    for (const alert of alertCorpus) {
      const { text, blocks } = bodyOf("slack", alert)
      expect(text.length).toBeLessThanOrEqual(3000)
      expect(blocks.map(({ type }) => type)).toEqual(["header", "section", "section"])
      expect(blocks[0]!.text.text.length).toBeLessThanOrEqual(150)
      expect(blocks[2]!.fields.length).toBeLessThanOrEqual(10)
    }
  })

  test("marks in names stay text", () => {
    const { text, blocks } = bodyOf("slack", alertOn("group"))
    expect(text).toContain("R&amp;D &lt;all&gt; *x*")
    expect(JSON.stringify(blocks)).not.toContain("mrkdwn")
  })
})

test("teams gets an adaptive card, in which marks in names stay text", () => {
  for (const alert of alertCorpus) {
    const { type, attachments } = bodyOf("teams", alert)
    expect(type).toBe("message")
    expect(attachments[0]!.contentType).toBe("application/vnd.microsoft.card.adaptive")
    expect(attachments[0]!.content).toMatchObject({ type: "AdaptiveCard", version: "1.4" })
  }
  expect(JSON.stringify(bodyOf("teams", alertOn("group")))).toContain(String.raw`R&D <all> \\*x\\*`)
})

test("alerts in words", () => {
  expect(alertCorpus.slice(0, 6).map((alert) => alertText(alert).sentence)).toEqual([
    'API key "dev" has spent $8.20 this month, which is 80 % or more of its limit of $10.00.',
    'Member "ada@example.com" has spent $4,000,000.00 this month, which is 33.3 % or more of its limit of $4,000,000.00.',
    'Group "R&D <all> *x*" has spent $0.75 this month, which is $0.50 or more.',
    'Service account "🙂 "build"\n" has spent $1.00 this month, which is $1.00 or more.',
    'Project "Default" has spent $2.00 this month, which is 100 % or more of its limit of $2.00.',
    "Of what was paid in for signalbox, $4.00 is left, which is less than $5.00.",
  ])
  expect(alertText({ ...alertOn("key"), spent: 0.000_012_34, limit: 0.000_02 }).sentence).toContain("$0.0000123")
})
