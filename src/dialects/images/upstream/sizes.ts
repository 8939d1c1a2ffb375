import type { AbilityCall, ImageRequest } from "../../../contract/index.ts"
import { dropParameter } from "../../media/losses.ts"

export interface Pixels {
  readonly width: number
  readonly height: number
}

/** `1024x1536` as numbers; undefined for `auto`, `2K` and other words. */
export const pixelsOf = (size: string | undefined): Pixels | undefined => {
  const match = /^(\d+)\s*[x×]\s*(\d+)$/i.exec(size ?? "")
  const [width, height] = [Number(match?.[1]), Number(match?.[2])]
  return width > 0 && height > 0 ? { width, height } : undefined
}

const proportion = (ratio: string): number => {
  const [width, height] = ratio.split(":").map(Number)
  return (width ?? 1) / (height ?? 1)
}

/** The one of `known` (`16:9`) that is nearest in proportion, and whether it is the very same. */
export const nearestRatio = (
  { width, height }: Pixels,
  known: readonly string[],
): { readonly ratio: string; readonly exact: boolean } => {
  const distance = (ratio: string) => Math.abs(Math.log(proportion(ratio) / (width / height)))
  const [first = "1:1", ...others] = known
  const ratio = others.reduce((best, other) => (distance(other) < distance(best) ? other : best), first)
  return { ratio, exact: distance(ratio) < 1e-6 }
}

/**
 * The proportion that a vendor without pixels is asked for: the client's own `aspect_ratio`, or one made of its size. What pixels say
 * beyond their proportion is lost, and reported.
 */
export const askedRatio = (request: ImageRequest, call: AbilityCall, known: readonly string[]): string | undefined => {
  const own = request.extras?.aspect_ratio
  if (typeof own === "string" && own !== "auto") return own
  if (request.size === undefined || request.size === "auto") return undefined
  if (/^\d+(?:\.\d+)?:\d+(?:\.\d+)?$/.test(request.size)) return request.size
  const pixels = pixelsOf(request.size)
  if (pixels === undefined) {
    dropParameter(call, "size", "the upstream knows proportions only")
    return undefined
  }
  const { ratio } = nearestRatio(pixels, known)
  call.lose({
    path: "size",
    action: "approximated",
    code: "format_approximated",
    reason: `the upstream knows proportions only; sent as ${ratio}`,
  })
  return ratio
}

/** Proportions that nearly every vendor without pixels knows. */
export const commonRatios = ["1:1", "16:9", "9:16", "4:3", "3:4", "3:2", "2:3", "21:9", "9:21", "5:4", "4:5"] as const
