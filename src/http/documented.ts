/**
 * How a management route is mounted: what the page of the API says of it, and that its body is not read before the key is checked; handlers
 * read it within limits of their own.
 */
export const documented = (tag: "Admin" | "OpenRouter" | "Requesty") => (summary: string) => ({
  parse: "none" as const,
  detail: { summary, tags: [tag] },
})
