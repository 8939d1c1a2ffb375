import { type Document, isAlias, isMap, isPair, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml"
import { filesNamedIn, interpolate, type Lookup } from "./interpolate.ts"
import { maskVariables } from "./mask.ts"
import { pathText } from "./problem.ts"

/** A value of the file that knows where it was written. `at` is an offset into the text. */
export type Located =
  | {
      readonly kind: "scalar"
      readonly value: string | number | boolean | null
      /** True when the value came from a variable or a file: never shown. */
      readonly filled: boolean
      /** True when it was nothing but one `${…}` without quotes: it may become a number or a boolean. */
      readonly convertible: boolean
      /** True when a variable or file is missing; that has been reported already. */
      readonly broken: boolean
      readonly at: number
    }
  | { readonly kind: "list"; readonly items: readonly Located[]; readonly at: number }
  | { readonly kind: "map"; readonly entries: readonly LocatedEntry[]; readonly at: number }

export interface LocatedEntry {
  readonly key: string
  readonly keyAt: number
  readonly value: Located
}

export type Path = readonly (string | number)[]
/** `at` is an offset into the text. */
export type Report = (at: number, path: Path, message: string, suggestion?: string) => void

export interface Source {
  /** 1-based. */
  position(at: number): { readonly line: number; readonly column: number }
  /** Paths of all `${file:…}` in the values. */
  readonly files: readonly string[]
  /** The file's values with variables filled in; undefined when it holds none. */
  read(lookup: Lookup, report: Report): Located | undefined
}

const deepest = 64
const largest = 200_000

interface Reader {
  readonly document: Document
  readonly restore: (text: string) => string
  readonly lookup: Lookup
  readonly report: Report
  readonly position: Source["position"]
  nodes: number
}

const secondDocument = "a second document begins here; write all settings into one"

const startOf = (node: Node | null | undefined, otherwise: number): number => node?.range?.[0] ?? otherwise

const readScalar = (reader: Reader, node: Node | null, at: number, path: Path): Located => {
  const value = isScalar(node) ? node.value : null
  const plain = { kind: "scalar", filled: false, convertible: false, broken: false, at } as const
  if (typeof value === "string") {
    const filled = interpolate(reader.restore(value), reader.lookup)
    for (const failure of filled.failures) reader.report(at, path, failure)
    const quoted = isScalar(node) && node.type !== "PLAIN"
    const broken = filled.failures.length > 0
    return { ...plain, value: filled.value, filled: filled.filled, convertible: filled.whole && !quoted, broken }
  }
  if (typeof value === "number" || typeof value === "boolean" || value === null) return { ...plain, value }
  return { ...plain, value: String(value) }
}

const readMap = (reader: Reader, node: Node, at: number, path: Path, depth: number): Located => {
  if (!isMap(node)) return { kind: "map", entries: [], at }
  const entries = new Map<string, LocatedEntry>()
  const merged: LocatedEntry[] = []
  for (const pair of node.items) {
    if (!isPair(pair)) continue
    const keyNode = pair.key as Node | null
    const keyAt = startOf(keyNode, at)
    const key = isScalar(keyNode) ? reader.restore(String(keyNode.value)) : "?"
    const valueNode = pair.value as Node | null
    if (key === "<<") {
      const value = readNode(reader, valueNode, keyAt, path, depth + 1)
      for (const source of value.kind === "list" ? value.items : [value])
        if (source.kind === "map") merged.push(...source.entries)
        else reader.report(keyAt, path, "<< merges maps only")
      continue
    }
    if (!isScalar(keyNode) || key.includes("${"))
      reader.report(keyAt, path, "a setting's name must be plain text; variables are filled in values only")
    const entry = { key, keyAt, value: readNode(reader, valueNode, keyAt, [...path, key], depth + 1) }
    const first = entries.get(key)
    if (first) {
      const where = reader.position(first.keyAt)
      reader.report(keyAt, [...path, key], `${pathText([...path, key])} is written twice; first in line ${where.line}`)
    } else entries.set(key, entry)
  }
  for (const entry of merged) if (!entries.has(entry.key)) entries.set(entry.key, entry)
  return { kind: "map", entries: [...entries.values()], at }
}

const readNode = (reader: Reader, node: Node | null, otherwise: number, path: Path, depth: number): Located => {
  const at = startOf(node, otherwise)
  // Anchors that hold themselves, or each other many times over, would never end.
  if (depth > deepest || ++reader.nodes > largest) {
    if (reader.nodes !== Number.POSITIVE_INFINITY) reader.report(at, path, "nested too deeply or too large")
    reader.nodes = Number.POSITIVE_INFINITY
    return { kind: "scalar", value: null, filled: false, convertible: false, broken: true, at }
  }
  if (isAlias(node)) {
    const target = node.resolve(reader.document)
    if (!target) reader.report(at, path, `*${node.source} names no anchor above`)
    return readNode(reader, target ?? null, at, path, depth + 1)
  }
  if (isSeq(node)) {
    const items = node.items.map((item, index) => readNode(reader, item as Node, at, [...path, index], depth + 1))
    return { kind: "list", items, at }
  }
  return isMap(node) ? readMap(reader, node, at, path, depth) : readScalar(reader, node, at, path)
}

const collectFiles = (node: unknown, restore: (text: string) => string, found: Set<string>) => {
  if (isMap(node) || isSeq(node)) for (const item of node.items) collectFiles(item, restore, found)
  else if (isPair(node)) collectFiles(node.value, restore, found)
  else if (isScalar(node) && typeof node.value === "string")
    for (const path of filesNamedIn(restore(node.value))) found.add(path)
}

/** Parses YAML. Syntax errors are reported by `read`, which then gives nothing: what follows a syntax error is guesswork. */
export const openDocument = (text: string): Source => {
  const mask = maskVariables(text)
  const lineCounter = new LineCounter()
  // At the level "silent" a second document would be ignored without a word.
  const document = parseDocument(mask.text, { lineCounter, uniqueKeys: false, prettyErrors: false, logLevel: "error" })
  const files = new Set<string>()
  collectFiles(document.contents, mask.restore, files)
  const position = (at: number) => {
    const { line, col } = lineCounter.linePos(at)
    return { line: Math.max(1, line), column: Math.max(1, col) }
  }
  return {
    position,
    files: [...files],
    read(lookup, report) {
      for (const { code, pos, message } of document.errors) {
        const several = code === "MULTIPLE_DOCS"
        const words = several ? secondDocument : `not valid YAML: ${message.split("\n")[0]}`
        report(pos[0], [], words)
      }
      if (document.errors.length > 0) return undefined
      const contents = document.contents as Node | null
      if (contents === null || (isScalar(contents) && contents.value === null)) return undefined
      const reader: Reader = { document, restore: mask.restore, lookup, report, position, nodes: 0 }
      return readNode(reader, contents, 0, [], 0)
    },
  }
}
