import type { Loss, OutgoingRequest, WireChat } from "signalbox/plugin"
import type { Account } from "../account.ts"
import { claudeOnBedrock, isClaudeModel } from "../models.ts"
import { sortBetas } from "./betas.ts"
import { invokeBody } from "./body.ts"
import { invokeMessages } from "./dialect.ts"

const betaHeader = "anthropic-beta"

/** What InvokeModel has headers for, and Converse fields. */
const operatorHeaders = ({ options }: Account): Record<string, string> => {
  const { guardrail, latency, serviceTier } = options
  return {
    ...(guardrail
      ? { "x-amzn-bedrock-guardrailidentifier": guardrail.id, "x-amzn-bedrock-guardrailversion": guardrail.version }
      : {}),
    ...(guardrail?.trace === undefined ? {} : { "x-amzn-bedrock-trace": guardrail.trace.toUpperCase() }),
    ...(latency === undefined ? {} : { "x-amzn-bedrock-performanceconfig-latency": latency }),
    ...(serviceTier === undefined ? {} : { "x-amzn-bedrock-service-tier": serviceTier }),
  }
}

const lostBeta = (beta: string): Loss => ({
  path: `headers.${betaHeader}`,
  action: "dropped",
  code: "header_dropped",
  reason: `Bedrock does not know "${beta}", and would refuse the request`,
})

/** The body as InvokeModel takes it, betas moved into it; after this nothing changes but the signature. */
const finished = (request: OutgoingRequest): OutgoingRequest => {
  const { [betaHeader]: betas = "", ...headers } = request.headers
  return { ...request, headers, body: invokeBody(request.body, betas === "" ? [] : betas.split(",")) }
}

/** Claude, by Anthropic's own format: clients that speak it keep every block as it is. */
export const invokeWire = (account: Account): WireChat => {
  const usual = { "content-type": "application/json", ...operatorHeaders(account), ...account.headers }
  const { betas: further, wires } = account.options
  return {
    dialect: invokeMessages,
    serves: (model) => wires.includes("invoke") && isClaudeModel(account.baseOf(model)),
    // InvokeModel cannot be told to call one tool at a time; Converse can.
    declines: ({ parallelToolCalls, tools }) =>
      parallelToolCalls === false && (tools?.length ?? 0) > 0 && wires.includes("converse"),
    profile: (model) => claudeOnBedrock(account.baseOf(model)),
    endpoint({ model, stream, forwarded, lose }) {
      const asked = [forwarded?.[betaHeader], account.headers[betaHeader]].filter(Boolean).join(",")
      const { betas, refused } = sortBetas(asked, further)
      for (const beta of refused) lose?.(lostBeta(beta))
      return {
        url: account.modelUrl(model, stream ? "invoke-with-response-stream" : "invoke"),
        headers: {
          ...usual,
          accept: stream ? "application/vnd.amazon.eventstream" : "application/json",
          ...(betas.length > 0 ? { [betaHeader]: betas.join(",") } : {}),
        },
      }
    },
    sign: (request, signal) => account.sign(finished(request), signal),
    classify: (failure) => account.classify(failure),
  }
}
