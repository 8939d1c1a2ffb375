import { rights } from "../../accounts/rights/rights.ts"
import { GatewayError, type Generation } from "../../contract/index.ts"
import { endOf } from "../../ledger/log/feedback.ts"
import type { Asked } from "../managed.ts"
import { generationData } from "../openrouter/generation.ts"
import { providerNames } from "../provider-names.ts"
import type { HttpServices } from "../services.ts"
import { findSeen } from "./find.ts"

/** All that is kept of one request; prompt and answer for whoever may read them. */
export async function logDetail(services: HttpServices, asked: Asked, id: string): Promise<object> {
  const found = await findSeen(services, asked, id)
  if (!found) throw new GatewayError("not_found", `There is no request "${id.slice(0, 100)}".`, { param: "id" })
  return {
    data: {
      ...generationData(found, providerNames(services)),
      key_id: found.keyId,
      owner: found.owner ?? null,
      api: found.api,
      face: found.face,
      usage_detail: found.usage,
      feedback: (await services.feedback.find(found.id)) ?? null,
      bodies: await bodiesOf(services, asked, found),
    },
  }
}

/** Null: nothing was kept, or whoever asks may not read it. */
async function bodiesOf(services: HttpServices, { role }: Asked, found: Generation): Promise<object | null> {
  // Those who read only their own have shown that it is.
  if (rights["bodies:read"][role] === "none") return null
  const { body, problem } = await services.bodies.find(found.id, endOf(found))
  if (problem) return { problem }
  if (!body) return null
  return {
    request: body.request,
    answer: body.answer,
    changed: body.changed,
    request_cut: body.requestCut,
    answer_cut: body.answerCut,
  }
}
