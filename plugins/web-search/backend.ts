import type { SearchQuery, SearchResult } from "signalbox/plugin"

/** A request to a search service. */
export interface BackendRequest {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** Present: sent as JSON by POST. */
  readonly body?: Readonly<Record<string, unknown>>
}

/** One kind of search service: how it is asked, and how its answer is read. Pure. */
export interface Backend {
  /** Without a slash at its end. Absent: it must be configured. */
  readonly baseUrl?: string
  readonly needsKey: boolean
  request(query: SearchQuery, base: string, key: string | undefined): BackendRequest
  /** The pages of an answer; entries without an address are left out by the caller. */
  read(answer: unknown): readonly RawResult[]
}

/** A page as a service tells of it; anything may be missing. */
export type RawResult = { readonly [K in keyof SearchResult]?: unknown }

type Fields = Readonly<Record<string, unknown>>

export const fieldsOf = (value: unknown): Fields =>
  typeof value === "object" && value !== null ? (value as Fields) : {}

export const listOf = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.map(fieldsOf) : [])

export const textOf = (value: unknown): string => (typeof value === "string" ? value : "")

/** `*.example.com` and `example.com/blog` as the domain that services filter by; the gateway looks at the rest itself. */
export const domainsOf = (rules: readonly string[] | undefined): readonly string[] =>
  [
    ...new Set(
      (rules ?? []).map((rule) =>
        rule
          .replace(/^https?:\/\//, "")
          .replace(/^\*\./, "")
          .replace(/\/.*$/, ""),
      ),
    ),
  ].filter((domain) => domain !== "")

/** For services whose only filters are words of the query. */
export const withSites = (query: SearchQuery): string => {
  const allowed = domainsOf(query.allowedDomains).map((domain) => `site:${domain}`)
  const blocked = domainsOf(query.blockedDomains).map((domain) => `-site:${domain}`)
  return [query.query, allowed.join(" OR "), ...blocked].filter((part) => part !== "").join(" ")
}

/** Addresses and words of a page as plain text: services mark what matched, and escape it for pages. */
export const plainText = (html: string): string =>
  html
    .replace(/<[^<>]*>/g, "")
    .replace(/&(?:#x([0-9a-f]+)|#(\d+)|(amp|lt|gt|quot|apos|nbsp));/gi, (_, hex, decimal, name) => {
      if (name) return entities[name.toLowerCase()] ?? ""
      const code = hex ? Number.parseInt(hex, 16) : Number(decimal)
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : ""
    })

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " " }
