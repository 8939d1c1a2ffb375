import { isRegion, isSuffix } from "./suffixes.ts"

/** One way to read a model's name: what is offered, and what is asked of it behind that. */
export interface Reading {
  readonly base: string
  /** Without their colons, in the order in which they stand: `free`, `online`. */
  readonly suffixes: readonly string[]
  readonly region?: string
  /** `slug` or `slug@version` of a preset. */
  readonly preset?: string
}

const presetMark = "@preset/"

/**
 * `@preset/slug`, `author/slug@preset/slug@2:nitro`: what is around the preset's name, and that name. Undefined: it names none. An empty
 * base, or one that begins with a suffix, is completed by the preset's own model.
 */
export function readPresetName(name: string): { readonly base: string; readonly preset: string } | undefined {
  const at = name.indexOf(presetMark)
  if (at < 0) return undefined
  const rest = name.slice(at + presetMark.length)
  const preset = /^[A-Za-z0-9_-]+(?:@\d+(?![\w-]))?/.exec(rest)?.[0] ?? rest
  return { base: name.slice(0, at) + rest.slice(preset.length), preset }
}

/**
 * Every way to read a name, the longest base first: names that have colons themselves (`llama3:8b`) go before suffixes. Only what is a
 * suffix or a region is taken away.
 */
export function readings(name: string): readonly Reading[] {
  const named = readPresetName(name)
  let current: Reading = named ? { base: named.base, suffixes: [], preset: named.preset } : { base: name, suffixes: [] }
  const found = [current]
  for (;;) {
    const next = shorten(current)
    if (!next) return found
    found.push(next)
    current = next
  }
}

function shorten(reading: Reading): Reading | undefined {
  const { base, suffixes, region } = reading
  const tail = lastTail(base)
  if (!tail) return undefined
  const { mark, word, rest } = tail
  if (mark === ":") return isSuffix(word) ? { ...reading, base: rest, suffixes: [word, ...suffixes] } : undefined
  return region === undefined && isRegion(word) ? { ...reading, base: rest, region: word } : undefined
}

interface Tail {
  readonly mark: ":" | "@"
  readonly word: string
  readonly rest: string
}

/** What stands behind the last colon or at sign of a name's last segment: `@cf/meta/llama` has none. */
export function lastTail(base: string): Tail | undefined {
  const colon = base.lastIndexOf(":")
  const sign = base.lastIndexOf("@")
  const at = Math.max(colon, sign)
  if (at <= 0 || at === base.length - 1 || base.indexOf("/", at) >= 0 || base[at - 1] === "/") return undefined
  return { mark: at === colon ? ":" : "@", word: base.slice(at + 1), rest: base.slice(0, at) }
}
