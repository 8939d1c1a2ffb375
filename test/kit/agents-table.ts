import { agents } from "../../src/http/docs/agents.ts"
import { placeOf } from "../../src/http/docs/render.ts"

/** The README's table of coding agents. */
export const agentsTable = (): string =>
  [
    "| client | speaks | base URL | where it is configured |",
    "|---|---|---|---|",
    ...agents.map((agent) => {
      const places = agent.files.flatMap(placeOf).map((place) => `\`${place}\``)
      const where = places.length > 0 ? places.join(", ") : "its own command"
      const url = `http${agent.needsHttps ? "s" : ""}://HOST:PORT${agent.path}`
      return `| ${agent.title} (\`${agent.name}\`) | ${agent.api} | \`${url}\` | ${where} |`
    }),
  ].join("\n")
