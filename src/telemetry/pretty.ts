import { encodeFields, type LogRecord } from "./log-record.ts"

const levelColor = { debug: 90, info: 36, warn: 33, error: 31 } as const

/** Control characters of an upstream's words must not drive the terminal. */
const tame = (text: string): string => text.replace(/[\n\r\t]+/g, " ").replace(/\p{Cc}/gu, "")

const tameLines = (text: string): string => text.split("\n").map(tame).join("\n")

const showValue = (value: unknown): string => {
  if (typeof value === "string") return /[\s"=]/.test(value) || value === "" ? JSON.stringify(value) : value
  if (typeof value === "number" || typeof value === "boolean" || value === null) return String(value)
  return encodeFields({ value }).slice('{"value":'.length, -1)
}

/** `12:30:05.123 info  message key=value` for people; the stack of an error goes on lines of its own. */
export const prettyLine = ({ timeMs, level, message, fields }: LogRecord, color: boolean): string => {
  const paint = (code: number, text: string) => (color ? `\u001B[${code}m${text}\u001B[0m` : text)
  const time = new Date(timeMs).toISOString().slice(11, 23)
  const stacks: string[] = []
  const shown = Object.entries(fields).flatMap(([name, value]) => {
    if (value === undefined) return []
    if (value instanceof Error && value.stack) stacks.push(tameLines(value.stack))
    const text = showValue(value instanceof Error ? value.message : value)
    return [`${paint(90, `${tame(name)}=`)}${tame(text)}`]
  })
  const head = `${paint(90, time)} ${paint(levelColor[level], level.padEnd(5))} ${tame(message)}`
  return `${[[head, ...shown].join(" "), ...stacks].join("\n")}\n`
}
