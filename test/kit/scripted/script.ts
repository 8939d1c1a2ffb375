import { isObject, type Json, type JsonObject } from "../../../src/contract/index.ts"

/**
 * A task for coding agents, as an upstream plays it: two tool calls at once (a shell command and a file to read), then an edit, then words.
 * What counts as done is on the disk.
 */
export const task = {
  prompt: "The light in notes.txt is red. Look at the file, make the light green and say when it is done.",
  file: "notes.txt",
  before: "crossing: 7\nlight: red\n",
  after: "crossing: 7\nlight: green\n",
  command: "echo was-here > shell.txt",
  /** What the command leaves behind. */
  trace: "shell.txt",
  last: "Done: the light at crossing 7 is green.",
} as const

export interface OfferedTool {
  readonly name: string
  /** Of the arguments; absent where the tool takes free text. */
  readonly schema: JsonObject | undefined
}

export interface StepCall {
  readonly name: string
  /** An object, or the text of a tool that takes free text. */
  readonly input: JsonObject | string
}

export type Step =
  | { readonly thinking: string; readonly calls: readonly StepCall[] }
  | { readonly thinking: string; readonly text: string }

const propertiesOf = (tool: OfferedTool): ReadonlySet<string> =>
  new Set(isObject(tool.schema?.properties) ? Object.keys(tool.schema.properties) : [])

/** Everything a tool's schema demands beyond what the script cares for, with a value of the right type. */
const fill = (tool: OfferedTool, wanted: JsonObject): JsonObject => {
  const properties = isObject(tool.schema?.properties) ? tool.schema.properties : {}
  const required = Array.isArray(tool.schema?.required) ? tool.schema.required : []
  const missing = required.filter((name) => typeof name === "string" && !(name in wanted)) as string[]
  const sample = (schema: Json | undefined): Json =>
    isObject(schema) && (schema.type === "number" || schema.type === "integer")
      ? 0
      : isObject(schema) && schema.type === "boolean"
        ? false
        : "for the light"
  return { ...wanted, ...Object.fromEntries(missing.map((name) => [name, sample(properties[name])])) }
}

const find = (tools: readonly OfferedTool[], name: RegExp): OfferedTool | undefined =>
  tools.find((tool) => name.test(tool.name))

const shellCall = (tools: readonly OfferedTool[], command: string): StepCall => {
  const tool = find(tools, /^(?:bash|exec_command|shell|shell_command|run_shell_command)$/i)
  if (!tool) throw new Error(`no shell among ${tools.map(({ name }) => name).join(", ")}`)
  const names = propertiesOf(tool)
  if (names.has("cmd")) return { name: tool.name, input: fill(tool, { cmd: command }) }
  const { command: shape } = (tool.schema?.properties ?? {}) as JsonObject
  const isList = isObject(shape) && shape.type === "array"
  return { name: tool.name, input: fill(tool, { command: isList ? ["bash", "-c", command] : command }) }
}

const readCall = (tools: readonly OfferedTool[], folder: string): StepCall => {
  const tool = find(tools, /^read(?:_file)?$/i)
  if (!tool) return shellCall(tools, `cat ${task.file}`)
  const name = ["file_path", "filePath", "absolute_path", "path"].find((key) => propertiesOf(tool).has(key)) ?? "path"
  return { name: tool.name, input: fill(tool, { [name]: `${folder}/${task.file}` }) }
}

const patch = `*** Begin Patch\n*** Update File: ${task.file}\n@@\n-light: red\n+light: green\n*** End Patch`

const editCall = (tools: readonly OfferedTool[], folder: string): StepCall => {
  const patches = find(tools, /^apply_patch$/)
  if (patches) {
    const key = ["input", "patch", "patchText"].find((name) => propertiesOf(patches).has(name))
    return { name: patches.name, input: patches.schema === undefined || !key ? patch : fill(patches, { [key]: patch }) }
  }
  const tool = find(tools, /^(?:edit|replace)$/i)
  if (!tool) return shellCall(tools, `sed -i s/red/green/ ${task.file}`)
  const names = propertiesOf(tool)
  const path = `${folder}/${task.file}`
  if (names.has("edits"))
    return { name: tool.name, input: fill(tool, { path, edits: [{ oldText: "light: red", newText: "light: green" }] }) }
  if (names.has("oldString"))
    return {
      name: tool.name,
      input: fill(tool, { filePath: path, oldString: "light: red", newString: "light: green" }),
    }
  return {
    name: tool.name,
    input: fill(tool, { file_path: path, old_string: "light: red", new_string: "light: green" }),
  }
}

/** What an upstream saw of a conversation, whatever its format. */
export interface SeenConversation {
  readonly tools: readonly OfferedTool[]
  /** Texts of tool results so far, in order. */
  readonly results: readonly string[]
}

/** The next turn. Calls without a shell (titles, summaries) get a few words. */
export const nextStep = ({ tools, results }: SeenConversation, folder: string): Step => {
  const hasShell = tools.some(({ name }) => /bash|shell|exec_command/i.test(name))
  if (!hasShell) return { thinking: "Somebody wants a title.", text: "A green light" }
  if (results.length === 0)
    return {
      thinking: "First I look at the file and leave a trace.",
      calls: [shellCall(tools, task.command), readCall(tools, folder)],
    }
  if (results.length === 2) return { thinking: "It is red, so it must become green.", calls: [editCall(tools, folder)] }
  return { thinking: "Nothing is left to do.", text: task.last }
}
