import { afterAll, expect, test } from "bun:test"
import { formatFamilies } from "../kit/families/formats.ts"
import { startFamilies } from "../kit/families/rig.ts"
import { textOf } from "../kit/house.ts"
import { observeAll } from "./observe.ts"
import { fidelityPage } from "./page.ts"

const rig = await startFamilies(await formatFamilies())
const cells = await observeAll(rig)
afterAll(() => rig.stop())

const placeOf = ({ feature, client, family }: (typeof cells)[number]) => `${feature}: ${client} → ${family}`

test("nothing is lost without a word, between any client and any upstream", () => {
  const silent = cells.filter(({ whole, streamed }) => whole.kind === "silent" || streamed.kind === "silent")
  expect(silent.map((cell) => [placeOf(cell), cell.whole, cell.streamed])).toEqual([])
})

test("only an unknown field is refused, and only by an upstream of the client's own format", () => {
  const refused = cells.filter(({ whole, streamed }) => whole.kind === "refused" || streamed.kind === "refused")
  const wrong = refused.filter(({ feature, client, family }) => feature !== "unknown fields" || client !== family)
  expect(wrong.map((cell) => [placeOf(cell), cell.whole, cell.streamed])).toEqual([])
})

test("a stream carries what a whole answer carries", () => {
  const different = cells.filter(({ whole, streamed }) => whole.kind !== streamed.kind)
  expect(different.map((cell) => [placeOf(cell), cell.whole, cell.streamed])).toEqual([])
})

test("one format on both sides is native, but for what only a look inside can do", () => {
  const same = cells.filter(({ client, family, feature }) => client === family && feature !== "unknown fields")
  const others = same.filter(({ whole }) => whole.kind !== "native" && whole.kind !== "none")
  expect(others.map((cell) => [placeOf(cell), cell.whole.kind])).toEqual([
    // This upstream reads no PDF, so its text is sent.
    ["PDF: chat-completions → chat-completions", "approximated"],
    // Whose reasoning comes back must be read, because OpenRouter's words for it name the vendor.
    ["reasoning state, two tool turns: chat-completions → chat-completions", "translated"],
    // This upstream refuses Anthropic's breakpoints.
    ["cache breakpoints: chat-completions → chat-completions", "lost"],
  ])
})

test("src/dialects/README.md says what happens", () => {
  expect(fidelityPage(cells) === textOf("src/dialects/README.md"), "write it anew: bun test/kit/matrix.ts").toBe(true)
})
