import { Type } from "@sinclair/typebox"
import { Value } from "@sinclair/typebox/value"
import { resolveApprovalRule } from "../../config/resolve/routing.ts"
import { ApprovalRuleSchema, approvalMode } from "../../config/schema/routing.ts"
import type { Json } from "../../contract/index.ts"
import { type DeclaredApproval, nothingApproved } from "./approval.ts"

/** Under which name the API's approval is declared; there is one. */
export const approvalName = "models"

/** As it is stored, in the words of the configuration file; `decisions` are names with 1 for approved and 0 for taken back. */
const StoredApproval = Type.Object(
  {
    mode: Type.Optional(approvalMode),
    rules: Type.Optional(Type.Array(ApprovalRuleSchema)),
    decisions: Type.Optional(Type.Array(Type.Tuple([Type.String(), Type.Union([Type.Literal(0), Type.Literal(1)])]))),
  },
  { additionalProperties: false },
)

/** What was stored. Throws for what no version of this gateway has written. */
export function readDeclaredApproval(body: Json | undefined): DeclaredApproval {
  if (body === undefined) return nothingApproved
  const { mode, rules = [], decisions = [] } = Value.Decode(StoredApproval, body)
  return {
    ...(mode === undefined ? {} : { mode }),
    rules: rules.map(resolveApprovalRule),
    decisions: decisions.map(([model, approved]) => ({ model, approved: approved === 1 })),
  }
}
