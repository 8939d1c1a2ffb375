import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { builtExecutable, startExecutable } from "../kit/executable.ts"
import type { Family } from "../kit/scripted/families.ts"
import { task } from "../kit/scripted/script.ts"
import type { RealAgent } from "./agents.ts"
import { findOrInstall } from "./install.ts"

export interface Verdict {
  /** Empty: the task was done, and nothing was refused on the way. */
  readonly problems: readonly string[]
  readonly turns: readonly string[]
  /** Of the requests with tool results, how many brought the reasoning back as it was given. */
  readonly kept: string
  readonly output: string
  readonly log: string
  readonly bodies: readonly unknown[]
}

/** Nobody but this machine can be called: a proxy that is not there swallows everything else. */
const noInternet = {
  HTTP_PROXY: "http://127.0.0.1:9",
  HTTPS_PROXY: "http://127.0.0.1:9",
  NO_PROXY: "127.0.0.1,localhost",
  no_proxy: "127.0.0.1,localhost",
}

/** An agent that waits for something that never comes is ended. */
const patienceMs = 120_000

const finish = async (words: readonly string[], cwd: string, env: Readonly<Record<string, string>>) => {
  const signal = AbortSignal.timeout(patienceMs)
  const child = Bun.spawn([...words], { cwd, env, stdin: "ignore", stdout: "pipe", stderr: "pipe", signal })
  const [code, out, error] = await Promise.all([
    child.exited,
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ])
  return { code, out, error }
}

const programOf = (agent: RealAgent, folder: string): readonly string[] => {
  const path = join(folder, agent.program.at(-1)!)
  return agent.program[0] === "bun" ? [process.execPath, path] : [path]
}

/** One agent does the task over one family of upstreams, configured by `signalbox connect --write` and nothing else. */
export const tryAgent = async (agent: RealAgent, family: Family, model: string): Promise<Verdict> => {
  const installed = await findOrInstall(agent)
  const path = process.env.SIGNALBOX_EXECUTABLE ?? (await builtExecutable())
  const home = mkdtempSync(join(tmpdir(), "signalbox-agent-"))
  const folder = join(home, "work")
  mkdirSync(folder)
  writeFileSync(join(folder, task.file), task.before)
  const upstream = family.start(folder)
  const aliases = model === family.model || family.owns?.test(model) ? {} : { [model]: family.model }
  const yaml = JSON.stringify({
    providers: [family.provider(upstream.url)],
    aliases,
    catalog: { refresh_hours: 0 },
    log: { level: "debug" },
  })
  const gateway = await startExecutable({ yaml, path })
  try {
    const env = {
      ...noInternet,
      ...agent.env,
      HOME: home,
      PATH: process.env.PATH ?? "",
      TERM: "dumb",
      SIGNALBOX_KEY: gateway.inferenceKey,
    }
    const connect = await finish(
      [path, "connect", agent.name, "--write", "--url", gateway.url, "--model", model],
      folder,
      env,
    )
    if (connect.code !== 0) throw new Error(`connect ended with ${connect.code}: ${connect.error}`)
    const run = await finish(
      [...programOf(agent, installed), ...agent.words({ prompt: task.prompt, model })],
      folder,
      env,
    )
    const { notes } = upstream
    const problems = [
      ...(run.code === 0 ? [] : [`the agent ended with ${run.code}`]),
      ...(readFileSync(join(folder, task.file), "utf8") === task.after ? [] : ["the file was not edited"]),
      ...(existsSync(join(folder, task.trace)) ? [] : ["the command did not run"]),
      ...(run.out.includes(task.last) ? [] : ["the last words were not shown"]),
      ...(notes.results.some((text) => text.includes("light: red")) ? [] : ["the file's text did not reach the model"]),
      ...notes.refusals.map((text) => `refused: ${text}`),
      ...notes.kept.flatMap((kept, index) => (kept ? [] : [`reasoning was lost before request ${index + 1}`])),
    ]
    return {
      problems,
      turns: notes.turns,
      kept: `${notes.kept.filter(Boolean).length} of ${notes.kept.length}`,
      output: `${run.out}\n${run.error}`,
      log: gateway.stderr(),
      bodies: notes.bodies,
    }
  } finally {
    await gateway.stop()
    await upstream.stop()
    rmSync(home, { recursive: true, force: true })
  }
}
