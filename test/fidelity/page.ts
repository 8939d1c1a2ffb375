import { lossCodes } from "../../src/contract/index.ts"
import { clients } from "../kit/clients/all.ts"
import { features } from "./features.ts"
import type { Cell, Outcome } from "./observe.ts"

const wordsOf = (outcome: Outcome): string => {
  switch (outcome.kind) {
    case "native":
    case "translated":
      return outcome.kind
    case "none":
      return "–"
    case "silent":
      return `LOST WITHOUT A WORD: ${outcome.what}`
    default:
      return `${outcome.kind} (${outcome.codes.map((code) => `\`${code}\``).join(", ")})`
  }
}

const cellText = ({ whole, streamed }: Cell): string => {
  const [one, other] = [wordsOf(whole), wordsOf(streamed)]
  return one === other ? one : `${one}; streamed: ${other}`
}

const tableOf = (feature: string, cells: readonly Cell[], families: readonly string[]): string => {
  const rows = clients.flatMap(({ name }) => {
    const texts = families.map((family) => {
      const cell = cells.find((one) => one.feature === feature && one.client === name && one.family === family)
      return cell ? cellText(cell) : "–"
    })
    return texts.every((text) => text === "–") ? [] : [`| ${name} | ${texts.join(" | ")} |`]
  })
  return [`| client | ${families.join(" | ")} |`, `|---|${"---|".repeat(families.length)}`, ...rows].join("\n")
}

const lossTable = (): string =>
  [
    "| code | meaning |",
    "|---|---|",
    ...Object.entries(lossCodes).map(([code, help]) => `| \`${code}\` | ${help} |`),
  ].join("\n")

/** `src/dialects/README.md`, written from what was observed. */
export function fidelityPage(cells: readonly Cell[]): string {
  const families = [...new Set(cells.map(({ family }) => family))]
  const sections = features.map(({ name }) => `### ${name}\n\n${tableOf(name, cells, families)}`)
  return `# What reaches what

Rows are the formats that clients speak, columns the formats of upstreams. Every cell was observed: a client of the one format asked a whole
gateway, with a strict stand-in of the other behind it, once for a whole answer and once for a stream, and both ends were looked at.
This page is written by \`bun test/kit/matrix.ts\`; a test compares it with what happens.

- **native**: same format on both sides, and the text went through with a minimal patch.
- **translated**: it arrived whole, in the other format's words.
- **approximated**: it arrived in another form, or something beside it was lost; the codes say what.
- **lost**: it did not arrive, and the loss report says so.
- **refused**: the upstream itself refused the request, in its own words. Fields that nobody knows go on to upstreams of the client's own
  format, because they may be newer than this gateway; the strict stand-ins know no such field.
- **–**: the client's format has no words for it, or the upstream can never answer so.

Losses are counted in the header \`x-signalbox-losses\`, listed in the generation record, and refused with \`x-signalbox-strict: true\`.

## The matrix

${sections.join("\n\n")}

## Loss codes

${lossTable()}
`
}
