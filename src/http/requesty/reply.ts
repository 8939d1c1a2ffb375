/** What Requesty answers where there is nothing to say. */
export const noContent = (): Response => new Response(null, { status: 204 })

/** How a route is mounted: bodies are read within their own limits, behind the check of the key. */
export const told = (summary: string) => ({ parse: "none" as const, detail: { summary, tags: ["Requesty"] } })
