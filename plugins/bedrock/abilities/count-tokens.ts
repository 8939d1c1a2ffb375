import { badReply, messages } from "signalbox/dialects"
import type { Ability, ChatRequest } from "signalbox/plugin"
import type { Account } from "../account.ts"
import { invokeBody } from "../invoke/body.ts"
import { claudeOnBedrock, isClaudeModel } from "../models.ts"

/** CountTokens, which is free and knows Claude. It takes the model itself, no inference profile, and the very body that InvokeModel gets. */
export const countTokens = (account: Account): Ability<ChatRequest, number> => ({
  serves: (model) => isClaudeModel(account.baseOf(model)),
  classify: (failure) => account.classify(failure),
  async run(request, call) {
    const base = account.baseOf(call.model)
    const target = { model: base, profile: claudeOnBedrock(base), lose: call.lose }
    const text = invokeBody(JSON.stringify(messages.encodeRequest({ ...request, stream: false }, target)), [])
    const input = { invokeModel: { body: Buffer.from(text, "utf8").toString("base64") } }
    const { body } = await account.post(account.modelUrl(base, "count-tokens"), { input }, call)
    if (typeof body.inputTokens !== "number") throw badReply("The upstream answered without a count")
    return body.inputTokens
  },
})
