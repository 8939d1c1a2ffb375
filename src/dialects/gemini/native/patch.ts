import type { Json, JsonObject, ReplyPatch, Usage } from "../../../contract/index.ts"
import { roundUsd } from "../../faces/usage.ts"
import { applyEdits, memberOf, type ObjectSpan, objectEdits, objectIn, type TextEdit } from "../../json-text/index.ts"
import { encodeUsage } from "../client/usage.ts"

type Identity = Pick<ReplyPatch, "id" | "model">

/** The price of the answer, where its usage is told for the last time. */
export interface Bill {
  readonly usage: Usage
  readonly costUsd: number
  /** As the upstream told it; absent when it told none. */
  readonly raw: JsonObject | undefined
}

/**
 * What clients see differently: the gateway's id, the public model name, and with the bill `usageMetadata.cost`, or a whole
 * `usageMetadata` where the upstream has none in this object. Everything else keeps its bytes. `print` writes JSON for the text's encoding.
 */
export const patchResponse = (
  text: string,
  span: ObjectSpan,
  identity: Identity,
  print: (value: Json) => string,
  bill?: Bill,
): string => {
  const changes = new Map([
    ["responseId", print(identity.id)],
    ["modelVersion", print(identity.model)],
  ])
  const edits: TextEdit[] = []
  if (bill) {
    const told = objectIn(text, span, "usageMetadata")
    const cost = roundUsd(bill.costUsd)
    if (told) edits.push(...objectEdits(told, new Map([["cost", print(cost)]])))
    else
      changes.set(
        memberOf(span, "usageMetadata")?.key ?? "usageMetadata",
        print(bill.raw ? { ...bill.raw, cost } : encodeUsage(bill.usage, bill.costUsd)),
      )
  }
  return applyEdits(text, [...edits, ...objectEdits(span, changes)])
}
