import { startScriptedAnthropic } from "./anthropic.ts"
import { startScriptedGemini } from "./gemini.ts"
import { startScriptedOpenAi } from "./openai.ts"
import type { ScriptedUpstream } from "./upstream.ts"

export interface Family {
  readonly name: string
  readonly model: string
  /** Names that its provider answers to without an alias. */
  readonly owns?: RegExp
  start(folder: string): ScriptedUpstream
  /** An entry of `providers:`. */
  provider(url: string): Readonly<Record<string, unknown>>
}

export const families: readonly Family[] = [
  {
    name: "openai",
    model: "openai/gpt-5.2",
    owns: /^gpt-/,
    start: startScriptedOpenAi,
    provider: (url) => ({ id: "openai", base_url: `${url}/v1`, api_key: "upstream-key" }),
  },
  {
    // Its tools and its reasoning go together by the Responses API only.
    name: "openai-responses",
    model: "openai/gpt-5.6",
    start: startScriptedOpenAi,
    provider: (url) => ({ id: "openai", base_url: `${url}/v1`, api_key: "upstream-key" }),
  },
  {
    name: "anthropic",
    model: "anthropic/claude-sonnet-4-5",
    owns: /^claude-/,
    start: startScriptedAnthropic,
    provider: (url) => ({ id: "anthropic", base_url: url, api_key: "upstream-key" }),
  },
  {
    name: "gemini",
    model: "google/gemini-3-pro-preview",
    start: startScriptedGemini,
    provider: (url) => ({ id: "google", base_url: url, api_key: "upstream-key" }),
  },
]
