import { type Backend, domainsOf, fieldsOf, listOf, plainText, textOf, withSites } from "./backend.ts"

/** docs.searxng.org, search API. The JSON format must be allowed in its settings (`search.formats`). */
const searxng: Backend = {
  needsKey: false,
  request: (query, base, key) => ({
    url: `${base}/search?${new URLSearchParams({ q: withSites(query), format: "json" })}`,
    // A key is for the proxy in front of it; SearXNG itself has none.
    headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
  }),
  read: (answer) =>
    listOf(fieldsOf(answer).results).map(({ url, title, content }) => ({
      url,
      title: plainText(textOf(title)),
      content: plainText(textOf(content)),
    })),
}

/** Its most results per request. */
const bravePage = 20

/** api-dashboard.search.brave.com, web search. */
const brave: Backend = {
  baseUrl: "https://api.search.brave.com/res/v1",
  needsKey: true,
  request: (query, base, key = "") => {
    const country = query.userLocation?.country
    const parameters = new URLSearchParams({
      q: withSites(query),
      count: String(Math.min(bravePage, query.maxResults)),
      text_decorations: "false",
      result_filter: "web",
      ...(country !== undefined && /^[a-z]{2}$/i.test(country) ? { country: country.toUpperCase() } : {}),
    })
    return { url: `${base}/web/search?${parameters}`, headers: { "x-subscription-token": key } }
  },
  read: (answer) =>
    listOf(fieldsOf(fieldsOf(answer).web).results).map(({ url, title, description, extra_snippets: extra }) => ({
      url,
      title: plainText(textOf(title)),
      content: plainText([description, ...(Array.isArray(extra) ? extra : [])].map(textOf).join("\n")),
    })),
}

const tavilyPage = 20

/** docs.tavily.com, search. */
const tavily: Backend = {
  baseUrl: "https://api.tavily.com",
  needsKey: true,
  request: (query, base, key = "") => {
    const [allowed, blocked] = [domainsOf(query.allowedDomains), domainsOf(query.blockedDomains)]
    return {
      url: `${base}/search`,
      headers: { authorization: `Bearer ${key}` },
      body: {
        query: query.query,
        max_results: Math.min(tavilyPage, query.maxResults),
        ...(allowed.length > 0 ? { include_domains: allowed } : {}),
        ...(blocked.length > 0 ? { exclude_domains: blocked } : {}),
      },
    }
  },
  read: (answer) => listOf(fieldsOf(answer).results).map(({ url, title, content }) => ({ url, title, content })),
}

/** What of each page Exa is asked for; the gateway shortens what it shows. */
const exaCharacters = 4_000

/** docs.exa.ai, search with contents. */
const exa: Backend = {
  baseUrl: "https://api.exa.ai",
  needsKey: true,
  request: (query, base, key = "") => {
    const [allowed, blocked] = [domainsOf(query.allowedDomains), domainsOf(query.blockedDomains)]
    const country = query.userLocation?.country
    return {
      url: `${base}/search`,
      headers: { "x-api-key": key },
      body: {
        query: query.query,
        type: "auto",
        numResults: query.maxResults,
        contents: { text: { maxCharacters: exaCharacters } },
        ...(allowed.length > 0 ? { includeDomains: allowed } : {}),
        ...(blocked.length > 0 ? { excludeDomains: blocked } : {}),
        ...(country !== undefined && /^[a-z]{2}$/i.test(country) ? { userLocation: country.toUpperCase() } : {}),
      },
    }
  },
  read: (answer) =>
    listOf(fieldsOf(answer).results).map(({ url, title, text, highlights }) => ({
      url,
      title,
      content: textOf(text) || (Array.isArray(highlights) ? highlights.map(textOf).join("\n") : ""),
    })),
}

export const backends = { searxng, brave, tavily, exa } as const
export type BackendName = keyof typeof backends
export const backendNames = ["searxng", "brave", "tavily", "exa"] as const satisfies readonly BackendName[]
