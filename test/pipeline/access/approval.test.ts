import { expect, test } from "bun:test"
import type { ApprovalRule, ApprovedModels } from "../../../src/config/config.ts"
import type { Offer } from "../../../src/contract/index.ts"
import { type Decision, isOpen, judgeOf, ruleOf } from "../../../src/pipeline/access/approval.ts"

const offer = (provider: string, upstream: string, more: Partial<Offer> = {}): Offer => ({
  provider,
  upstream,
  model: `${provider}/${upstream}`,
  ...more,
})
const file = (mode: ApprovedModels["mode"], models: readonly string[] = [], rules: readonly ApprovalRule[] = []) => ({
  mode,
  models,
  rules,
  fromFile: true,
})
const yes = (model: string): Decision => ({ model, approved: true })
const no = (model: string): Decision => ({ model, approved: false })
const gpt = offer("openai", "gpt-5")
const cheap = offer("mistral", "small", { region: "eu", zdr: true, price: { input: 0.1, output: 0.3 } })

test("without a word from anybody everything is approved, and no offer is looked at", () => {
  const approval = { file: undefined, declared: { rules: [], decisions: [] } }
  expect(isOpen(approval)).toBe(true)
  expect(judgeOf(approval)(gpt)).toMatchObject({ approved: true, by: "all" })
})

test("of decisions the last one counts, whatever it is about", () => {
  const judge = (...decisions: Decision[]) =>
    judgeOf({ file: undefined, declared: { rules: [], decisions } })(gpt).approved
  expect(judge(no("openai/*"))).toBe(false)
  expect(judge(no("openai/*"), yes("openai/gpt-5"))).toBe(true)
  expect(judge(yes("openai/gpt-5"), no("*"))).toBe(false)
  expect(judge(no("mistral/*"))).toBe(true)
})

test("a list approves what is on it", () => {
  const judge = judgeOf({
    file: undefined,
    declared: { mode: "listed", rules: [{ zdr: true }], decisions: [yes("gpt-5")] },
  })
  expect(judge(gpt)).toMatchObject({ approved: true, by: "listed", source: "store" })
  // Rules are for the mode of that name.
  expect(judge(cheap)).toMatchObject({ approved: false, by: "unlisted" })
})

test("rules approve what fits them, also what is known only later; a decision goes before them", () => {
  const declared = { mode: "rules" as const, rules: [{ regions: ["eu"], zdr: true }], decisions: [no("mistral/large")] }
  const judge = judgeOf({ file: undefined, declared })
  expect(judge(cheap)).toEqual({ approved: true, by: "rule", source: "store", rule: 0 })
  expect(judge(offer("mistral", "large", { region: "eu", zdr: true }))).toMatchObject({
    approved: false,
    by: "removed",
  })
  expect(judge(offer("other", "new", { region: "fr", zdr: true })).approved).toBe(true)
  expect(judge(offer("other", "new", { region: "fr" })).approved).toBe(false)
  expect(judge(gpt).approved).toBe(false)
})

test("what the file approves, the API cannot take back; what it does not mention, the API may add", () => {
  const judge = judgeOf({
    file: file("rules", ["openai/gpt-5"], [{ providers: ["mistral"] }]),
    declared: { mode: "all", rules: [], decisions: [no("*"), yes("x/*")] },
  })
  expect(judge(gpt)).toMatchObject({ approved: true, by: "listed", source: "file" })
  expect(judge(cheap)).toMatchObject({ approved: true, by: "rule", source: "file" })
  expect(judge(offer("x", "y"))).toMatchObject({ approved: true, source: "store" })
  // The file's mode holds, not the API's.
  expect(judge(offer("z", "y")).approved).toBe(false)
  expect(isOpen({ file: file("all"), declared: { rules: [], decisions: [no("*")] } })).toBe(true)
})

test.each<[ApprovalRule, boolean, boolean]>([
  [{}, false, false],
  [{ models: ["mistral/*"] }, false, true],
  [{ authors: ["OpenAI"] }, true, false],
  [{ providers: ["mistral"] }, false, true],
  [{ regions: ["eu"] }, false, true],
  [{ regions: ["us", "eu"] }, false, true],
  [{ zdr: true }, false, true],
  [{ dataCollection: "deny" }, false, true],
  [{ kinds: ["embeddings"] }, false, false],
  [{ kinds: ["chat"] }, true, true],
  [{ tags: ["x"] }, false, false],
  [{ maxPrice: { input: 0.1 } }, false, true],
  [{ maxPrice: { input: 1, output: 0.2 } }, false, false],
  [{ kinds: ["chat"], regions: ["us"] }, false, false],
])("the rule %j fits one (%s) and the other (%s)", (rule, first, second) => {
  expect(ruleOf(rule)(gpt)).toBe(first)
  expect(ruleOf(rule)(cheap)).toBe(second)
})
