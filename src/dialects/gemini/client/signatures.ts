import { type SealedReasoning, seal, sealPrefix, unseal } from "../../translate/index.ts"

/** What no signature of Google's begins with: the envelope's prefix in base64. The last character also depends on what follows. */
export const sealedStart = Buffer.from(sealPrefix).toString("base64").replace(/=+$/, "").slice(0, -1)

/**
 * Reasoning of other vendors as a `thoughtSignature`. The field is of protobuf's type bytes, so clients that check it want base64; one
 * signature may hold several thoughts, because only the part that follows them is sure to come back.
 */
export const sealSignature = (thoughts: readonly SealedReasoning[]): string =>
  Buffer.from(thoughts.map(seal).join(" ")).toString("base64")

/** The thoughts in a signature that `sealSignature` made; undefined for one of Google's. Damaged ones are left out. */
export const unsealSignature = (signature: string): readonly SealedReasoning[] | undefined => {
  if (!signature.startsWith(sealedStart)) return undefined
  const text = Buffer.from(signature, "base64").toString("utf8")
  if (!text.startsWith(sealPrefix)) return undefined
  return text
    .split(" ")
    .map(unseal)
    .filter((thought) => thought !== undefined)
}
