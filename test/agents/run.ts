import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { families } from "../kit/scripted/families.ts"
import { realAgents } from "./agents.ts"
import { tryAgent } from "./trial.ts"

/**
 * `bun test/agents/run.ts [AGENT] [FAMILY]`: real coding agents do a real task through the executable, over scripted upstreams of other
 * vendors. Downloads the agents (hundreds of megabytes) into SIGNALBOX_AGENTS or ~/.cache/signalbox-agents, so it is no part of `bun test`.
 * SIGNALBOX_EXECUTABLE names another executable than dist/signalbox; SIGNALBOX_AGENT_LOGS a folder for what was said on the way.
 */
const [wantedAgent, wantedFamily] = process.argv.slice(2)
const chosenAgents = realAgents.filter(({ name }) => wantedAgent === undefined || name === wantedAgent)
const chosenFamilies = families.filter(({ name }) => wantedFamily === undefined || name === wantedFamily)
if (chosenAgents.length === 0 || chosenFamilies.length === 0) {
  const names = (all: readonly { readonly name: string }[]) => all.map(({ name }) => name).join("|")
  console.error(`Usage: bun test/agents/run.ts [${names(realAgents)}] [${names(families)}]`)
  process.exit(2)
}

const logs = process.env.SIGNALBOX_AGENT_LOGS
let failed = false
for (const agent of chosenAgents) {
  for (const family of chosenFamilies) {
    for (const model of [family.model, ...(agent.ownModel === undefined ? [] : [agent.ownModel])]) {
      const { problems, turns, kept, output, log, bodies } = await tryAgent(agent, family, model)
      failed ||= problems.length > 0
      const title = `${agent.name} ${agent.version} over ${family.name}, asking for ${model}`
      console.log(`${problems.length === 0 ? "ok    " : "FAILED"} ${title}`)
      console.log(`       ${turns.join(", ")}; reasoning kept in ${kept}`)
      for (const problem of problems) console.log(`       ${problem}`)
      if (logs !== undefined) {
        mkdirSync(logs, { recursive: true })
        const text = [output, log, ...bodies.map((body) => JSON.stringify(body, null, 1))].join("\n\n----\n\n")
        writeFileSync(join(logs, `${agent.name}-${family.name}-${model.replace("/", "_")}.txt`), text)
      }
    }
  }
}
process.exit(failed ? 1 : 0)
