import { isUsable } from "../../credentials/fitting.ts"
import { isCalled } from "../preferences/slugs.ts"
import type { Filter } from "./question.ts"

/** Each list must name it: an inner one can only take away. */
export const only: Filter = (offer, { wanted }) => {
  for (const slugs of wanted.only)
    if (!slugs.some((slug) => isCalled(slug, offer)))
      return { constraint: "only", detail: `is not among ${slugs.length === 0 ? "an empty list" : slugs.join(", ")}` }
  return undefined
}

export const ignore: Filter = (offer, { wanted }) => {
  const slug = wanted.ignore.find((name) => isCalled(name, offer))
  return slug === undefined ? undefined : { constraint: "ignore", detail: `is ignored as ${slug}` }
}

/** Names of a format that are as small as it (openrouter.ai/docs, quantization). */
const kinds: Readonly<Record<string, readonly string[] | undefined>> = { fp4: ["mxfp4", "nvfp4"], fp8: ["mxfp8"] }

export const quantization: Filter = (offer, { wanted }) => {
  if (wanted.quantizations.length === 0) return undefined
  const stored = offer.quantization?.toLowerCase() ?? "unknown"
  const fits = (name: string) => name === stored || kinds[name]?.includes(stored) === true
  return wanted.quantizations.every((names) => names.some(fits))
    ? undefined
    : { constraint: "quantization", detail: `is ${stored}` }
}

export const credential: Filter = (offer, question) =>
  isUsable(question.credentials(offer))
    ? undefined
    : { constraint: "credential", detail: "has no credential that this key may use" }

export const access: Filter = (offer, question) => {
  const answer = question.access(offer)
  return answer === true ? undefined : answer
}
