import type { Json, JsonObject } from "../../contract/index.ts"
import type { ObjectKind, ObjectKinds } from "./types.ts"

/** Fields that hold a secret, sealed as it is: the audit log says whether one is there, and nothing of it. */
const sealedFields = ["sealed", "sealedUrl", "sealedSecret"]

/** An object as the audit log shows it. */
export const shown = (_kind: ObjectKind, body: ObjectKinds[ObjectKind]): Json => {
  const out: Record<string, Json> = { ...(body as unknown as JsonObject) }
  for (const field of sealedFields) if (field in out) out[field] = "(sealed)"
  return out
}
