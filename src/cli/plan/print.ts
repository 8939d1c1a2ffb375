import { usd } from "../../ledger/money.ts"
import { table } from "../table.ts"
import type { Report } from "./report.ts"

/** Numbers with their thousands apart. */
const count = (value: number): string => value.toLocaleString("en-US")

const counted = (value: number, one: string, many = `${one}s`): string => `${count(value)} ${value === 1 ? one : many}`

/** Cents where there are dollars, three digits where there are only parts of a cent. */
export function money(nano: number): string {
  const amount = usd(Math.abs(nano))
  const text =
    amount === 0 || amount >= 1
      ? amount.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 })
      : String(Number(amount.toPrecision(3)).toFixed(9))
          .replace(/0+$/, "")
          .padEnd(4, "0")
  return `${nano < 0 ? "-" : ""}$${text}`
}

const signed = (nano: number): string => (nano > 0 ? `+${money(nano)}` : money(nano))

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`

/** `2026-11-20 17:04 UTC` */
const moment = (at: number): string => `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`

interface Column<T> {
  readonly head: string
  readonly cell: (row: T) => string
  readonly isNumber?: boolean
}

/** The first rows, numbers to the right; and how many there are more. */
function tableOf<T>(rows: readonly T[], limit: number, columns: readonly Column<T>[]): string {
  const shown = rows.slice(0, limit)
  const cells = shown.map((row) => columns.map(({ cell }) => cell(row)))
  const widths = columns.map(({ head }, column) => Math.max(head.length, ...cells.map((row) => row[column]!.length)))
  const aligned = [columns.map(({ head }) => head), ...cells].map((row) =>
    row.map((cell, column) => (columns[column]!.isNumber ? cell.padStart(widths[column]!) : cell)),
  )
  const more = rows.length - shown.length
  return `${table(aligned)}${more > 0 ? `${count(more)} more; --limit ${rows.length} shows all\n` : ""}`
}

/** The report as plain text that is read in a minute. */
export function reportText(report: Report, file: string, limit: number): string {
  const parts = [head(report, file)]
  if (report.replayed > 0)
    parts.push(
      routes(report, limit),
      refusals(report, limit),
      costs(report, limit),
      budgets(report, limit),
      caches(report, limit),
      names(report, limit),
    )
  return parts.join("\n")
}

function head({ from, to, replayed, left }: Report, file: string): string {
  const all = left.reduce((sum, { requests }) => sum + requests, replayed)
  const span = `${moment(from)} to ${moment(to)}`
  if (all === 0) return `${file}: no request was recorded from ${span}\n`
  const others = left.map(({ requests, why }) => `  not replayed: ${count(requests)} that ${why}\n`).join("")
  return `${file}: ${count(replayed)} of ${counted(all, "request")} replayed, from ${span}\n${others}`
}

function routes({ routes: rows, replayed }: Report, limit: number): string {
  if (rows.length === 0) return "ROUTES  no request would go elsewhere\n"
  const moved = rows.reduce((sum, { requests }) => sum + requests, 0)
  const text = tableOf(rows, limit, [
    { head: "MODEL", cell: ({ model }) => model },
    { head: "NOW", cell: ({ was }) => was },
    { head: "THEN", cell: ({ would }) => would },
    { head: "REQUESTS", cell: ({ requests }) => count(requests), isNumber: true },
    { head: "OF MODEL", cell: ({ share }) => percent(share), isNumber: true },
  ])
  return `ROUTES  ${counted(moved, "request")} (${percent(moved / replayed)}) would go elsewhere\n${text}`
}

function refusals({ refusals: rows }: Report, limit: number): string {
  if (rows.length === 0) return "REFUSALS  none that was answered would be refused\n"
  const all = rows.reduce((sum, { requests }) => sum + requests, 0)
  const text = tableOf(rows, limit, [
    { head: "RULE", cell: ({ rule }) => rule },
    { head: "MODEL", cell: ({ model }) => model },
    { head: "REQUESTS", cell: ({ requests }) => count(requests), isNumber: true },
    { head: "WHAT CLIENTS WOULD BE TOLD", cell: ({ code, message }) => `${code}: ${message}` },
  ])
  return `REFUSALS  ${counted(all, "request")} would be refused\n${text}`
}

function costs({ costs: found }: Report, limit: number): string {
  const { billedNano, thenNano, models, refusedNano, unpriced } = found
  const change = thenNano - billedNano
  const share = billedNano > 0 ? `, ${change > 0 ? "+" : ""}${percent(change / billedNano)}` : ""
  const columns: readonly Column<(typeof models)[number]>[] = [
    { head: "MODEL", cell: ({ model }) => model },
    { head: "REQUESTS", cell: ({ requests }) => count(requests), isNumber: true },
    { head: "BILLED", cell: (row) => money(row.billedNano), isNumber: true },
    { head: "THEN", cell: (row) => money(row.thenNano), isNumber: true },
    { head: "CHANGE", cell: (row) => signed(row.thenNano - row.billedNano), isNumber: true },
  ]
  const refused =
    refusedNano > 0 ? `  of what was billed, ${money(refusedNano)} is for requests that would be refused\n` : ""
  const left = unpriced
    .slice(0, limit)
    .map(
      ({ offer, requests, billedNano: billed }) =>
        `  left out: ${counted(requests, "request")} to ${offer}, billed ${money(billed)}; nobody knows its price\n`,
    )
  const title = `COST  ${money(billedNano)} billed, ${money(thenNano)} then (${signed(change)}${share})\n`
  return `${title}${refused}${left.join("")}${models.length === 0 ? "" : tableOf(models, limit, columns)}`
}

function budgets({ budgets: rows }: Report, limit: number): string {
  if (rows.length === 0) return "BUDGETS  none would be used up\n"
  const text = tableOf(rows, limit, [
    { head: "OF", cell: ({ of }) => of },
    { head: "NAME", cell: ({ name }) => name },
    { head: "KEY", cell: ({ key }) => key },
    { head: "HASH", cell: ({ hash }) => hash },
    { head: "FROM", cell: ({ source }) => source },
    { head: "LIMIT", cell: (row) => money(row.limitNano), isNumber: true },
    { head: "RESET", cell: ({ reset }) => reset },
    { head: "USED UP", cell: ({ at }) => moment(at) },
    { head: "REFUSED", cell: ({ refused }) => count(refused), isNumber: true },
    { head: "AS IT WAS", cell: ({ refusedBefore }) => count(refusedBefore), isNumber: true },
  ])
  return `BUDGETS  ${count(rows.length)} would be used up\n${text}`
}

function caches({ caches: { conversations, tokens, nano, moves } }: Report, limit: number): string {
  if (moves.length === 0) return "PROMPT CACHES  no conversation would lose its own\n"
  const text = tableOf(moves, limit, [
    { head: "NOW", cell: ({ was }) => was },
    { head: "THEN", cell: ({ would }) => would },
    { head: "CONVERSATIONS", cell: (row) => count(row.conversations), isNumber: true },
    { head: "TOKENS", cell: (row) => count(row.tokens), isNumber: true },
    { head: "ABOUT", cell: (row) => money(row.nano), isNumber: true },
  ])
  return `PROMPT CACHES  ${counted(conversations, "conversation")} would lose ${conversations === 1 ? "its own" : "theirs"}: ${counted(tokens, "token")} read anew, about ${money(nano)} more\n${text}`
}

function names({ names: rows }: Report, limit: number): string {
  if (rows.length === 0) return "NAMES  all that were used mean what they meant\n"
  const text = tableOf(rows, limit, [
    { head: "NAME", cell: ({ name }) => name },
    { head: "REQUESTS", cell: ({ requests }) => count(requests), isNumber: true },
    { head: "NOW", cell: ({ was }) => was },
    { head: "THEN", cell: ({ would }) => would },
  ])
  return `NAMES  ${count(rows.length)} of those that were used would change\n${text}`
}
