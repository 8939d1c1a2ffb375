/** What api.openai.com takes of which model, written down from its documentation apart from the code under test. */
export interface ModelRules {
  readonly reasoning: boolean
  /** The efforts that the model takes; empty = the field is unknown to it. */
  readonly efforts: readonly string[]
  /** Sampling is taken while the effort is `none`. */
  readonly samplesWithoutEffort: boolean
  readonly toolsWhileReasoning: boolean
  readonly responsesOnly: boolean
  readonly search: boolean
  readonly cacheOptions: boolean
  readonly cacheRetention: boolean
}

const plain: ModelRules = {
  reasoning: false,
  efforts: [],
  samplesWithoutEffort: true,
  toolsWhileReasoning: true,
  responsesOnly: false,
  search: false,
  cacheOptions: false,
  cacheRetention: true,
}

const thinking = (efforts: string, more: Partial<ModelRules> = {}): ModelRules => ({
  ...plain,
  reasoning: true,
  efforts: efforts.split(" "),
  samplesWithoutEffort: efforts.startsWith("none"),
  ...more,
})

const newCache = { cacheOptions: true }
const sixth = { cacheOptions: true, cacheRetention: false }

/** First match counts. */
const table: readonly (readonly [RegExp, ModelRules])[] = [
  [/-search-preview/, { ...plain, search: true }],
  [/^gpt-5(\.\d+)?-chat/, plain],
  [/^gpt-.*(-pro|-codex)/, { ...thinking("medium high"), responsesOnly: true }],
  [/^o\d/, thinking("low medium high")],
  [/^gpt-5($|-)/, thinking("minimal low medium high")],
  [/^gpt-5\.1/, thinking("none low medium high")],
  [/^gpt-5\.[2-5]/, thinking("none low medium high xhigh")],
  [/^gpt-5\.6/, thinking("none low medium high xhigh", { ...newCache, toolsWhileReasoning: false })],
  [/^gpt-5\./, thinking("none low medium high xhigh", newCache)],
  [/^gpt-(6-luna|6-sol|6\.1-terra)/, thinking("none low medium high xhigh max", sixth)],
  [/^gpt-6/, thinking("low medium high xhigh max", sixth)],
]

export const rulesFor = (model: string): ModelRules => table.find(([pattern]) => pattern.test(model))?.[1] ?? plain
