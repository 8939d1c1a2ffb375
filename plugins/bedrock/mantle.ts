import { chatCompletions, responses, thinksBesideTools } from "signalbox/dialects"
import type { Dialect, WireChat } from "signalbox/plugin"
import type { Account } from "./account.ts"
import { mantleProfile, mantleResponsesProfile } from "./models.ts"

/** Models that are there under these names. Ids with a version (`…-1:0`) or a geography belong to the runtime. */
const usual = /^(?:openai|xai)\.[^:]+$|^google\.gemma-4[^:]*$/
/** Those that are under a route of their own (`/openai/v1`). */
const openAiRoute = /^(?:openai\.gpt-(?!oss-)|google\.gemma-4|xai\.)/

/** `deepseek.*` or a whole id. */
const matches = (pattern: string, model: string): boolean =>
  pattern.endsWith("*") ? model.startsWith(pattern.slice(0, -1)) : pattern === model

/** Bedrock's OpenAI-shaped endpoint: bodies of such clients go through as they are. */
const mantleWire = (account: Account, dialect: Dialect, path: string, profile: WireChat["profile"]): WireChat => {
  const { mantleUrl, headers, options } = account
  const shared = { "content-type": "application/json", ...headers }
  const serves = (model: string): boolean =>
    options.wires.includes("mantle") &&
    mantleUrl !== undefined &&
    (usual.test(model) || options.mantleModels.some((pattern) => matches(pattern, model)))
  return {
    dialect,
    serves,
    profile,
    endpoint: ({ model, stream }) => ({
      url: `${mantleUrl}${openAiRoute.test(model) ? "/openai/v1" : "/v1"}/${path}`,
      headers: { ...shared, accept: stream ? "text/event-stream" : "application/json" },
    }),
    sign: (request, signal) => account.signing.sign(request, "bedrock-mantle", signal),
    classify: (failure) => (failure.headers.has("x-amzn-errortype") ? account.classify(failure) : undefined),
  }
}

/** Both formats of the endpoint; chat completions where a client speaks neither. */
export const mantleWires = (account: Account): readonly WireChat[] => [
  {
    ...mantleWire(account, chatCompletions, "chat/completions", mantleProfile),
    declines: (request, model) => thinksBesideTools(request, mantleProfile(model)),
  },
  mantleWire(account, responses, "responses", mantleResponsesProfile),
]
