import type { Profile } from "../../contract/index.ts"

interface ModelRow {
  readonly match: RegExp
  readonly profile: Profile
}

/** Google's search came with 2.0; together with function tools it works from Gemini 3 on (ai.google.dev, grounding). */
const searching: Profile = { webSearch: "tool", searchAlone: true }

/** Before Gemini 3: no ids on calls, no media in tool results, no schema beside functions; penalties are refused on 2.5. */
const second: Profile = { ...searching, imageInToolResult: false, dropFields: ["frequencyPenalty", "presencePenalty"] }

/** From Gemini 3 on thinking cannot be switched off, and a call must come back with its signature. */
const third: Profile = {
  thinking: "level",
  thinkingMandatory: true,
  effortMap: { xhigh: "high", max: "high" },
  signedCalls: true,
  callIds: true,
  toolsWithSchema: true,
  webSearch: "tool",
  serverSideCalls: true,
}

/** Pictures and speech are made without looking anything up. */
const withoutSearch = ({ webSearch: _, searchAlone: __, serverSideCalls: ___, ...profile }: Profile): Profile => profile

/** What differs between models of the Gemini API; the first match counts. Source: ai.google.dev, thinking, models, function calling. */
const rows: readonly ModelRow[] = [
  { match: /gemma/, profile: { thinking: "none", noSystem: true, imageInToolResult: false } },
  {
    match: /gemini-2\.5-pro/,
    profile: { ...second, thinking: "budget", thinkingMandatory: true, thinkingBudget: { min: 128, max: 32_768 } },
  },
  { match: /gemini-2\.5.*image|gemini-2\.5.*tts/, profile: withoutSearch({ ...second, thinking: "none" }) },
  {
    match: /gemini-2\.5-flash-lite/,
    profile: { ...second, thinking: "budget", thinkingBudget: { min: 512, max: 24_576 } },
  },
  { match: /gemini-2\.5/, profile: { ...second, thinking: "budget", thinkingBudget: { min: 1, max: 24_576 } } },
  { match: /gemini-2\.0/, profile: { ...searching, thinking: "none", imageInToolResult: false } },
  { match: /gemini-1|learnlm|aqa/, profile: { thinking: "none", imageInToolResult: false } },
  { match: /gemini-3.*tts|gemini-.*-live/, profile: withoutSearch(third) },
  // 3 Pro knew two levels only; 3.1 Pro and every Flash know more.
  {
    match: /gemini-3-pro/,
    profile: { ...third, effortMap: { minimal: "low", medium: "high", xhigh: "high", max: "high" } },
  },
  { match: /gemini-3.*pro/, profile: { ...third, effortMap: { minimal: "low", xhigh: "high", max: "high" } } },
]

/** The flags of a model. A name of the future is taken for the newest generation. */
export const geminiProfile = (model: string): Profile =>
  rows.find(({ match }) => match.test(model.toLowerCase()))?.profile ?? third
