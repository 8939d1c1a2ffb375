import type { Profile } from "signalbox/plugin"

/** Documents are read as text only; addresses of images are fetched by the API itself (docs.cohere.com/docs/image-inputs). */
const common: Profile = { pdf: false, images: false, thinking: "none" }

/** What holds for some models, on top of what holds for all. */
const rules: readonly { readonly match: RegExp; readonly profile: Profile }[] = [
  { match: /vision|command-a-plus|command-a\+/i, profile: { images: true } },
  { match: /reasoning|command-a-plus|command-a\+/i, profile: { thinking: "budget" } },
  // docs.cohere.com/reference/chat: `tool_choice` came with Command R7B.
  { match: /^command-r(-plus)?(-0\d-20\d\d)?$/i, profile: { noForcedTool: true } },
]

export const cohereProfile = (model: string): Profile => {
  let profile = common
  for (const rule of rules) if (rule.match.test(model)) profile = { ...profile, ...rule.profile }
  return profile
}
