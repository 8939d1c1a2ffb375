import type { JsonObject, WireChat } from "signalbox/plugin"
import type { Account } from "../account.ts"
import { converseProfile } from "../models.ts"
import { converseDialect } from "./dialect.ts"

/** What the configuration adds to every request. */
const operatorFields = ({ options }: Account): JsonObject => {
  const { guardrail, latency, serviceTier } = options
  return {
    ...(guardrail
      ? {
          guardrailConfig: {
            guardrailIdentifier: guardrail.id,
            guardrailVersion: guardrail.version,
            ...(guardrail.trace === undefined ? {} : { trace: guardrail.trace }),
          },
        }
      : {}),
    ...(latency === undefined ? {} : { performanceConfig: { latency } }),
    ...(serviceTier === undefined ? {} : { serviceTier: { type: serviceTier } }),
  }
}

/** Any model that converses, in the one format that Bedrock has for all of them. */
export const converseWire = (account: Account): WireChat => {
  const extraBody = operatorFields(account)
  const usual = { "content-type": "application/json", ...account.headers }
  return {
    dialect: converseDialect(account.baseOf),
    serves: () => account.options.wires.includes("converse"),
    profile: (model) => {
      const profile = converseProfile(account.baseOf(model))
      return Object.keys(extraBody).length > 0 ? { ...profile, extraBody } : profile
    },
    endpoint: ({ model, stream }) => ({
      url: account.modelUrl(model, stream ? "converse-stream" : "converse"),
      headers: { ...usual, accept: stream ? "application/vnd.amazon.eventstream" : "application/json" },
    }),
    sign: (request, signal) => account.sign(request, signal),
    classify: (failure) => account.classify(failure),
  }
}
