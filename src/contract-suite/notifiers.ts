import type { Alert, Notifier } from "../contract/index.ts"
import { type ContractCase, demand, demandEqual } from "./case.ts"

/** One alert of each kind, and with names as people give them. */
export const alertCorpus: readonly Alert[] = (() => {
  const usual = {
    id: "alert_0123456789abcdef",
    test: false,
    at: Date.UTC(2027, 0, 31, 12),
    rule: "Spending",
    organisation: "signalbox",
    window: "monthly",
  } as const
  const ada = { id: "member_1", name: "ada@example.com" }
  return [
    { ...usual, kind: "percent", on: "key", target: { id: "k1", name: "dev" }, threshold: 80, spent: 8.2, limit: 10 },
    {
      ...usual,
      kind: "percent",
      on: "member",
      target: ada,
      group: { id: "g1", name: "Research" },
      threshold: 33.3,
      spent: 4_000_000,
      limit: 4_000_000,
    },
    { ...usual, kind: "spent", on: "group", target: { id: "g1", name: "R&D <all> *x*" }, threshold: 0.5, spent: 0.75 },
    {
      ...usual,
      kind: "spent",
      on: "service-account",
      target: { id: "s1", name: '🙂 "build"\n' },
      threshold: 1,
      spent: 1,
    },
    {
      ...usual,
      kind: "percent",
      on: "project",
      target: { id: "p1", name: "Default" },
      threshold: 100,
      spent: 2,
      limit: 2,
    },
    {
      ...usual,
      kind: "balance",
      on: "organisation",
      target: { id: "organisation", name: "signalbox" },
      threshold: 5,
      window: "total",
      spent: 96,
      limit: 100,
      balance: 4,
    },
    { ...usual, test: true, kind: "spent", on: "key", target: { id: "k1", name: "dev" }, threshold: 1, spent: 1 },
  ]
})()

/** Connection and framing are the gateway's; so is the signature. */
const reserved = /^(?:host|content-length|content-type|transfer-encoding|connection|x-signalbox-.*)$/i

export const notifierCases: readonly ContractCase<Notifier>[] = [
  {
    name: "every alert becomes a message",
    why: "an alert that cannot be written is an alert that nobody gets",
    run(notifier) {
      for (const alert of alertCorpus) {
        const { body, headers = {} } = notifier.message(alert)
        demandEqual(JSON.parse(JSON.stringify(body)), body, "the body, printed as JSON and read again,")
        demand(Object.keys(body).length > 0, "the body is empty")
        for (const [name, value] of Object.entries(headers)) {
          demand(!reserved.test(name), `the header ${name} is the gateway's`)
          demand(/^[\x20-\x7e]*$/.test(value), `the header ${name} is no plain text`)
        }
      }
    },
  },
  {
    name: "a message says what it is about",
    why: "whoever reads it must know whose spending it is",
    run(notifier) {
      for (const alert of alertCorpus) {
        const texts = textsOf(notifier.message(alert).body).join("\n")
        const word = /[a-z@.]{3,}/i.exec(alert.target.name)?.[0] ?? alert.target.id
        demand(texts.includes(word) || texts.includes(alert.target.id), `"${word}" is not in the message`)
      }
    },
  },
  {
    name: "the same alert gives the same message, and stays as it was",
    why: "it is written anew for each try",
    run(notifier) {
      for (const alert of alertCorpus) {
        const before = structuredClone(alert)
        const first = notifier.message(alert)
        demandEqual(notifier.message(alert), first, "the second message")
        demandEqual(alert, before, "the alert afterwards")
      }
    },
  },
]

const textsOf = (value: unknown): string[] => {
  if (typeof value === "string") return [value]
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsOf) : []
}
