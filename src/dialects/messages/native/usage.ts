import type { JsonObject, ReplyPatch, Usage } from "../../../contract/index.ts"
import { faceOf } from "../../faces/index.ts"
import { moneyOf } from "../client/reply-fields.ts"

/** The face's words about money, to be added to a usage object of the upstream's; each as JSON text, which is ASCII. */
export const moneyChanges = (usage: Usage, patch: ReplyPatch): Map<string, string> => {
  const money: JsonObject = moneyOf(usage, faceOf(patch), patch.price(usage))
  return new Map(Object.entries(money).map(([key, value]) => [key, JSON.stringify(value)]))
}
