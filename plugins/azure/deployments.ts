import { claudeProfile, isClaude, openAiProfile, readModelId } from "signalbox/dialects"
import type { ModelKind, OfferSeed, Profile } from "signalbox/plugin"

/** Who made a model, by the beginning of its name: what a public name starts with. */
const authors: readonly (readonly [RegExp, string])[] = [
  [/^(?:gpt|o\d|chatgpt|codex|computer-use|davinci|babbage|text-embedding|dall-e|whisper|tts|sora)/, "openai"],
  [/^claude/, "anthropic"],
  [/^deepseek/, "deepseek"],
  [/^grok/, "x-ai"],
  [/^(?:mistral|ministral|codestral|magistral|pixtral)/, "mistralai"],
  [/^(?:meta-)?llama/, "meta-llama"],
  [/^(?:phi|mai-)/, "microsoft"],
  [/^(?:cohere|command|embed-v|rerank)/, "cohere"],
  [/^kimi/, "moonshotai"],
  [/^qwen/, "qwen"],
]

const authorOf = (name: string): string | undefined => authors.find(([pattern]) => pattern.test(name))?.[1]

const kinds: readonly (readonly [RegExp, ModelKind])[] = [
  [/embed/, "embeddings"],
  [/rerank/, "rerank"],
  [/image|dall-e|flux/, "images"],
  [/transcribe|whisper/, "transcription"],
  [/(?:^|-)tts/, "speech"],
]

const kindOf = (name: string): ModelKind | undefined => kinds.find(([pattern]) => pattern.test(name))?.[1]

/** Azure's spelling of OpenAI's ids: `gpt-35-turbo`; deployments are called `gpt-41` or `gpt-4-1` just as well. */
const plain = (name: string): string => name.toLowerCase().replace(/^gpt-(\d)-?(\d)(?=$|-)/, "gpt-$1.$2")

/** A deployment's name says what its maker liked; the map says which model is behind it. */
export class Deployments {
  readonly #models: Readonly<Record<string, string>>

  constructor(models: Readonly<Record<string, string>>) {
    this.#models = models
  }

  /** The model's own name, without its author. A deployment that is not in the map is taken to be called after its model. */
  modelOf(deployment: string): string {
    const model = Object.hasOwn(this.#models, deployment) ? this.#models[deployment] : undefined
    const name = model ?? deployment
    return plain(name.slice(name.lastIndexOf("/") + 1))
  }

  /** The mapped deployments as offers; empty when there is no map. */
  seeds(): readonly OfferSeed[] {
    return Object.entries(this.#models).map(([upstream, model]) => {
      const name = model.slice(model.lastIndexOf("/") + 1)
      const author = authorOf(plain(name))
      const kind = kindOf(plain(name))
      const isPublic = model.includes("/") || author === undefined
      return {
        model: isPublic ? model : `${author}/${model}`,
        upstream,
        ...(kind === undefined ? {} : { kind }),
      }
    })
  }
}

/** A deployment with a name of its own is most likely one of OpenAI's. */
export const isOpenAi = (model: string): boolean => {
  const author = authorOf(model)
  return (author === undefined || author === "openai") && !/gpt-oss/.test(model)
}

/** Models of other makers, behind the same routes: the plain form, nothing newer. */
const otherProfile: Profile = {
  developerRole: false,
  maxTokensField: "max_tokens",
  reasoningFormat: "none",
  strictTools: false,
  dropFields: ["store"],
}

const gptOssProfile: Profile = {
  ...otherProfile,
  reasoningFormat: "effort",
  effortMap: { none: "low", minimal: "low", xhigh: "high", max: "high" },
  thinkingMandatory: true,
}

/** Versions of the deployment routes are older than these names for what older models take anyway. */
const legacy: Profile = { developerRole: false, maxTokensField: "max_tokens" }

/** What chat completions on Azure want for a model. */
export const azureProfile = (model: string, isLegacy: boolean): Profile => {
  if (/gpt-oss/.test(model)) return gptOssProfile
  if (!isOpenAi(model)) return otherProfile
  const profile = openAiProfile(model)
  return isLegacy && !readModelId(model).reasoning ? { ...profile, ...legacy } : profile
}

/** What the Messages API on Foundry wants; a deployment with a name of its own is Claude all the same. */
export const foundryProfile = (model: string): Profile => claudeProfile(isClaude(model) ? model : `claude-${model}`)
