import { type AbilityCall, GatewayError, type ImageRequest } from "../../../contract/index.ts"
import type { MaskShape } from "./quirks.ts"

const unsupported = (words: string, param: string): GatewayError =>
  new GatewayError("unsupported_parameter", words, { param })

/** The model only makes new pictures. */
export const cannotEdit = (model: string): GatewayError =>
  unsupported(`${model} cannot change images; ask it without one`, "image")

/** A mask says what must stay: an upstream that cannot take it would give another picture, so another one has to try. */
export const checkMask = (request: ImageRequest, shape: MaskShape, call: AbilityCall): void => {
  if (request.mask === undefined || shape === "alpha") return
  if (shape === false) throw unsupported(`${call.model} takes no mask; say in the prompt what to change`, "mask")
  call.lose({
    path: "mask",
    action: "approximated",
    code: "format_approximated",
    reason: "the upstream reads masks by brightness: white is changed, black stays",
  })
}
