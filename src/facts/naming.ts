import type { ModelFacts } from "../contract/offer.ts"
import { authorOfFamily, authorOfOrganisation, authorOfVendor } from "./naming/authors.ts"
import { kindOfName } from "./naming/kinds.ts"
import { type PlainName, plainName } from "./naming/plain-name.ts"
import { knownSlug, localName } from "./naming/same-names.ts"

/** What a vendor's name of a model tells. */
export interface Named {
  /** `author/slug` of the weights; absent where nobody can say, or where the name is moved from one model to the next. */
  readonly canonical?: string
  readonly quantization?: string
  readonly region?: string
}

/**
 * Whose weights a vendor's name means. Two names lead to one canonical name only where that is known: by a table, or by a rule that holds
 * for every model of that vendor. Sizes, versions, `-mini`, `-turbo`, `-thinking` always tell models apart, and what no rule is sure of
 * keeps a name of its own: a request that could have gone to one more provider is better than one that went to another model.
 */
export function readName(vendor: string, upstream: string): Named {
  const read = plainName(vendor, upstream)
  if (read === undefined) return {}
  const canonical = canonicalOf(vendor, upstream, read)
  return {
    ...(canonical === undefined ? {} : { canonical }),
    ...(read.quantization === undefined ? {} : { quantization: read.quantization }),
    ...(read.region === undefined ? {} : { region: read.region }),
  }
}

/** The same as facts, with what the name says the model is for. */
export function factsOfName(vendor: string, upstream: string): Partial<ModelFacts> {
  const kind = kindOfName(upstream)
  return { ...readName(vendor, upstream), ...(kind === undefined ? {} : { kind }) }
}

function canonicalOf(vendor: string, upstream: string, { name }: PlainName): string | undefined {
  const own = localName(vendor, upstream.toLowerCase()) ?? localName(vendor, asDotted(name))
  return own === undefined ? canonicalName(name, authorOfVendor(vendor)) : own || undefined
}

/** Bedrock's own way to write it, as its table has it. */
const asDotted = (name: string): string => name.replace("/", ".")

/**
 * `author/slug` of a public name, in whatever spelling; undefined where it does not tell whose model it is, or is moved by its vendor.
 * `ownAuthor` is whose a bare name of no known family is.
 */
export function canonicalName(name: string, ownAuthor?: string): string | undefined {
  const lower = name.trim().toLowerCase()
  const slash = lower.indexOf("/")
  const slug = lower.slice(slash + 1)
  if (!/^[a-z0-9][\w.+-]*$/.test(slug)) return undefined
  const author = slash < 0 ? (authorOfFamily(slug) ?? ownAuthor) : authorOfOrganisation(lower.slice(0, slash))
  // What routers sell under their own name is a choice among models.
  if (author === undefined || author === "openrouter" || !/^[a-z0-9]/.test(author)) return undefined
  const clean = tidy(author, slug)
  // Claude's `-latest` stands for the one release of that number; all others move.
  if (/(?:^|-)latest$/.test(clean) && knownSlug(author, clean) === clean) return undefined
  if (author === "anthropic" && !/\d/.test(clean)) return undefined
  return `${author}/${pointed(knownSlug(author, clean))}`
}

/** What an author's names have beside the model's own. */
function tidy(author: string, slug: string): string {
  const plain = slug.replaceAll("_", "-")
  switch (author) {
    case "anthropic":
      return claude(plain)
    case "meta-llama":
      return plain.replace(/^meta-(?=llama)/, "").replace(/^llama(?=\d)/, "llama-")
    case "nvidia":
      return plain.replace(/^nvidia-/, "")
    case "qwen":
      return plain.replace(/^qwen-(?=3)/, "qwen").replace(/^qwen(?=2)/, "qwen-")
    default:
      return plain
  }
}

/** Two models that differ by their dates alone (platform.claude.com, model deprecations). */
const olderSonnet = "claude-3-5-sonnet-20240620"

/**
 * `claude-3-5-haiku-latest`, `claude-4-5-sonnet`, `claude-sonnet-4-5-20250929`. Claude's aliases stay at one release, and up to 3.7 the
 * number stands before the size.
 */
function claude(slug: string): string {
  const dashed = slug.replaceAll(".", "-")
  if (dashed === olderSonnet) return olderSonnet
  const undated = dashed.replace(/-(?:20\d{6}|latest)$/, "").replace(/^(claude-(?:opus|sonnet)-4)-0$/, "$1")
  const turned = undated.replace(
    /^claude-(\d+(?:-\d{1,2})?)-(opus|sonnet|haiku|fable)(?=$|-)/,
    (whole, version: string, size: string) => (Number.parseInt(version, 10) >= 4 ? `claude-${size}-${version}` : whole),
  )
  return turned.replace(/^claude-(opus|sonnet|haiku)-(3(?:-\d)?)(?=$|-)/, "claude-$2-$1")
}

/** `4-5` in a name is 4.5; sizes, dates and counts have more digits, or a letter behind them. */
const pointed = (slug: string): string => slug.replace(/(?<=^|-|[a-z])(\d)-(\d)(?=$|-)/g, "$1.$2")
