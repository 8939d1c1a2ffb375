import { type Agent, type AgentTarget, keyVariable } from "./agent.ts"
import { agents } from "./agents.ts"
import { placeOf, renderContent } from "./render.ts"

const replacements: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
}

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (sign) => replacements[sign]!)

/** Escaped, with `code` between backticks as code. */
const prose = (text: string): string => escapeHtml(text).replace(/`([^`]+)`/g, "<code>$1</code>")

const block = (text: string): string => `<pre><code>${escapeHtml(text)}</code></pre>`

const style = `body{font:16px/1.5 system-ui,sans-serif;max-width:54rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;background:#fff}
pre{background:#f4f4f2;padding:.8rem;overflow:auto;border-radius:6px}code{font:14px/1.45 ui-monospace,monospace}
table{border-collapse:collapse;width:100%}td,th{text-align:left;border-bottom:1px solid #ddd;padding:.3rem .6rem .3rem 0;vertical-align:top}
@media(prefers-color-scheme:dark){body{color:#e6e6e6;background:#161616}pre{background:#222}td,th{border-color:#333}a{color:#8ab4f8}}`

const row = (agent: Agent, target: AgentTarget): string =>
  `<tr><td><a href="#${agent.name}">${escapeHtml(agent.title)}</a></td><td>${agent.api}</td>` +
  `<td><code>${escapeHtml(`${target.url}${agent.path}`)}</code></td>` +
  `<td><code>signalbox connect ${agent.name} --write</code></td></tr>`

const filesOf = (agent: Agent, target: AgentTarget): string =>
  agent.files
    .map((file) => {
      const places = placeOf(file).map((place) => `<code>${escapeHtml(place)}</code>`)
      return `<p>${places.join(" or ")}</p>${block(renderContent(file.form, file.content(target)))}`
    })
    .join("")

const section = (agent: Agent, target: AgentTarget): string => {
  const command = agent.command?.(target)
  const https =
    agent.needsHttps && !target.url.startsWith("https://")
      ? `<p><strong>This gateway's address is not https://, which ${escapeHtml(agent.title)} refuses.</strong></p>`
      : ""
  const environment = agent.keyIn === "environment" ? block(`export ${keyVariable}=…`) : ""
  const notes = agent.notes.map((note) => `<li>${prose(note)}</li>`).join("")
  return `<h2 id="${agent.name}">${escapeHtml(agent.title)}</h2>${https}${filesOf(agent, target)}${environment}${
    command === undefined ? "" : block(command)
  }<p>Then: <code>${escapeHtml(agent.start(target))}</code></p><ul>${notes}</ul>`
}

/** The page at /docs/agents: complete in itself, and without a secret. */
export const agentsPage = (target: AgentTarget): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>Coding agents through signalbox</title><style>${style}</style></head><body>
<h1>Coding agents through signalbox</h1>
<p>This gateway is at <code>${escapeHtml(target.url)}</code>. Put an inference key into <code>${keyVariable}</code>
and let <code>signalbox connect</code> write the client's file (what is in it stays, and a copy is kept), or copy it from here.</p>
<table><thead><tr><th>Client</th><th>Speaks</th><th>Base URL</th><th>Command</th></tr></thead><tbody>
${agents.map((agent) => row(agent, target)).join("\n")}
</tbody></table>
${agents.map((agent) => section(agent, target)).join("\n")}
</body></html>
`
