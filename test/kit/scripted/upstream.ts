import type { JsonObject } from "../../../src/contract/index.ts"

/** What a scripted upstream noticed, beside answering. */
export interface Notes {
  /** Requests that the real API would have refused, in its words. */
  readonly refusals: string[]
  /** Per request with tool results: whether the reasoning of the turn before came back as it was given. */
  readonly kept: boolean[]
  /** Texts of the tool results in the last request of the task. */
  results: readonly string[]
  /** Model, kind of API and number of tool results of every request. */
  readonly turns: string[]
  readonly bodies: JsonObject[]
}

export const newNotes = (): Notes => ({ refusals: [], kept: [], results: [], turns: [], bodies: [] })

export interface ScriptedUpstream {
  /** `http://127.0.0.1:PORT`, without a path. */
  readonly url: string
  readonly notes: Notes
  stop(): Promise<void>
}

export const resultText = (content: unknown): string =>
  typeof content === "string" ? content : content === undefined ? "" : JSON.stringify(content)
