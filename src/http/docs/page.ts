import { type Agent, type AgentTarget, keyVariable } from "./agent.ts"
import { agents } from "./agents.ts"
import { block, escapeHtml, htmlPage, prose } from "./html.ts"
import { placeOf, renderContent } from "./render.ts"

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
export const agentsPage = (target: AgentTarget): string =>
  htmlPage(
    "Coding agents through signalbox",
    `<p>This gateway is at <code>${escapeHtml(target.url)}</code>. Put an inference key into <code>${keyVariable}</code>
and let <code>signalbox connect</code> write the client's file (what is in it stays, and a copy is kept), or copy it from here.</p>
<table><thead><tr><th>Client</th><th>Speaks</th><th>Base URL</th><th>Command</th></tr></thead><tbody>
${agents.map((agent) => row(agent, target)).join("\n")}
</tbody></table>
${agents.map((agent) => section(agent, target)).join("\n")}`,
  )
