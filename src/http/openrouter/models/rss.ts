import type { ListedModel } from "../../listing.ts"

const escaped = (text: string): string =>
  text
    // Control characters are not allowed in XML at all.
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")

/** The list as a feed (cyber.harvard.edu/rss), the newest model first. `link` gives an item's address. */
export function feed(models: readonly ListedModel[], baseUrl: string, link: (model: ListedModel) => string): string {
  const newest = [...models].sort((left, right) => right.created - left.created)
  const items = newest.map(
    (model) => `<item>
<title>${escaped(model.name)}</title>
<description>${escaped(model.description ?? "")}</description>
<link>${escaped(link(model))}</link>
<guid isPermaLink="false">${escaped(model.id)}</guid>
<pubDate>${new Date(model.created * 1000).toUTCString()}</pubDate>
</item>`,
  )
  return `<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0">
<channel>
<title>Models</title>
<description>Models that can be called</description>
<link>${escaped(baseUrl)}</link>
${items.join("\n")}
</channel>
</rss>
`
}
