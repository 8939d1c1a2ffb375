import type { ReasoningFacts } from "../../../contract/index.ts"
import type { ListedModel } from "../../listing.ts"
import { pricing } from "./pricing.ts"

/** Where a model's endpoints are listed. */
export const detailsPath = (id: string): string => `/api/v1/models/${id}/endpoints`

/** One row of a list, with every field that the SDK checks. */
export function openrouterModel(model: ListedModel): Record<string, unknown> {
  return {
    id: model.id,
    canonical_slug: model.canonical,
    hugging_face_id: null,
    name: model.name,
    created: model.created,
    description: model.description ?? "",
    context_length: model.context ?? null,
    architecture: architectureOf(model),
    pricing: pricing(model.price),
    top_provider: {
      is_moderated: false,
      context_length: model.context ?? null,
      max_completion_tokens: model.maxOutput ?? null,
    },
    per_request_limits: null,
    supported_parameters: model.parameters,
    default_parameters: null,
    knowledge_cutoff: wholeDay(model.knowledge),
    expiration_date: model.shutdown ?? null,
    supported_voices: null,
    links: { details: detailsPath(model.id) },
    ...(model.reasoning && model.kind === "chat" ? { reasoning: reasoningOf(model.reasoning) } : {}),
    ...(model.leadsTo === undefined ? {} : { alias_target: { name: model.name, slug: model.leadsTo } }),
  }
}

/** A month is known by its last day: the knowledge of it is complete. */
function wholeDay(day: string | undefined): string | null {
  if (day === undefined) return null
  if (!/^\d{4}-\d{2}$/.test(day)) return day
  const [year, month] = day.split("-").map(Number)
  return new Date(Date.UTC(year!, month!, 0)).toISOString().slice(0, 10)
}

const reasoningOf = (facts: ReasoningFacts): Record<string, unknown> => ({
  mandatory: facts.mandatory ?? false,
  default_enabled: facts.byDefault ?? facts.mandatory ?? false,
  ...(facts.efforts === undefined ? {} : { supported_efforts: [...facts.efforts].reverse() }),
  ...(facts.defaultEffort === undefined ? {} : { default_effort: facts.defaultEffort }),
  ...(facts.budget === undefined ? {} : { supports_max_tokens: facts.budget }),
})

export const architectureOf = (model: ListedModel): Record<string, unknown> => ({
  modality: `${model.input.join("+")}->${model.output.join("+")}`,
  input_modalities: model.input,
  output_modalities: model.output,
  tokenizer: tokenizerOf(model),
  instruct_type: null,
})

/** OpenRouter's groups, by what names of models look like; the first that fits counts. */
const groups: readonly (readonly [RegExp, string])[] = [
  [/^openrouter\//, "Router"],
  [/gemma/, "Gemma"],
  [/gemini/, "Gemini"],
  [/palm/, "PaLM"],
  [/claude/, "Claude"],
  [/^openai\/|(?:^|\/)(?:gpt|chatgpt|o\d)[-\d]/, "GPT"],
  [/grok/, "Grok"],
  [/^cohere\/|command-/, "Cohere"],
  [/^amazon\/|nova-(?:micro|lite|pro|premier|\d)/, "Nova"],
  [/deepseek/, "DeepSeek"],
  [/qwen-?3/, "Qwen3"],
  [/qwen|qwq/, "Qwen"],
  [/^mistral(?:ai)?\/|mistral|mixtral|codestral|ministral|devstral|magistral|pixtral/, "Mistral"],
  [/llama-?2/, "Llama2"],
  [/llama-?3/, "Llama3"],
  [/llama-?4/, "Llama4"],
  [/rwkv/, "RWKV"],
  [/(?:^|\/)yi-/, "Yi"],
]

export function tokenizerOf({ canonical, kind }: Pick<ListedModel, "canonical" | "kind">): string {
  if (kind === "images" || kind === "speech" || kind === "transcription") return "Media"
  const name = canonical.toLowerCase()
  return groups.find(([pattern]) => pattern.test(name))?.[1] ?? "Other"
}
