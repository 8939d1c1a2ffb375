import type { Preset } from "../../config/config.ts"
import type { JsonObject } from "../../contract/index.ts"
import type { Wish } from "../plan/targets/wish.ts"

/** The fields of a request that may name a preset. */
export interface Written {
  readonly model?: string
  readonly preset?: string
}

/** The preset that a request named, and what of it is not in the body. */
export interface AppliedPreset {
  /** `slug@version`, or `slug` of one that the file declares. */
  readonly name: string
  readonly preset: Preset
  /** What the client wrote. */
  readonly written: Written
  /** Lies around the request's own preferences. */
  readonly provider?: JsonObject
  /** What upstreams are asked for where the request does not say. */
  readonly wish?: Wish
}
