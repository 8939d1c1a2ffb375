import type { JsonObject } from "../../contract/json.ts"

/** Which gateway, which model and whose key a client's configuration is made for. */
export interface AgentTarget {
  /** The gateway's root without a slash at its end; each client adds what it needs. */
  readonly url: string
  /** Undefined where the client's own choice of models shall stay. */
  readonly model: string | undefined
  /** What the gateway itself would take, for clients that cannot be without a model. */
  readonly defaultModel: string
  /** The token; undefined: the client reads it from SIGNALBOX_KEY where it can, and a placeholder stands where it cannot. */
  readonly key: string | undefined
}

/** The environment variable that clients read the token from, where they can read one. */
export const keyVariable = "SIGNALBOX_KEY"
export const keyPlaceholder = `$${keyVariable}`

export interface AgentFile {
  /** `~` is the user's home; one text for all systems, or one for each that has the client. */
  readonly folder: string | Readonly<Partial<Record<NodeJS.Platform, string>>>
  /** Environment variables of the client that move the folder, as `NAME` or, where more follows it, `NAME/path`. */
  readonly movedBy?: string
  /** The names that the client reads; the first is made where none of them is there. */
  readonly names: readonly [string, ...string[]]
  readonly form: "json" | "toml" | "env"
  /** What must be in the file. Everything else in it is the user's and stays. */
  content(target: AgentTarget): JsonObject
}

/** A program that people point at the gateway. */
export interface Agent {
  /** As on the command line. */
  readonly name: string
  readonly title: string
  readonly api: "Messages" | "Responses" | "Chat Completions" | "Gemini"
  /** What stands behind the gateway's root in the client's base URL. */
  readonly path: "" | "/v1"
  /** Where the token ends up; `environment`: the file names the variable, and the variable must be there when the client runs. */
  readonly keyIn: "file" | "environment" | "command"
  /** True: the client takes no plain http. */
  readonly needsHttps?: boolean
  readonly files: readonly AgentFile[]
  /** For clients that keep their settings where nobody else writes. */
  command?(target: AgentTarget): string
  /** How a first run looks. */
  start(target: AgentTarget): string
  readonly notes: readonly string[]
}

export const modelOf = ({ model, defaultModel }: AgentTarget): string => model ?? defaultModel
