import type { NativeLane } from "../../../contract/index.ts"
import { nativeReply } from "./reply.ts"
import { nativeRequest } from "./request.ts"
import { MessagesTap } from "./tap.ts"

/** Client and upstream both speak this format, and nothing has to read or change what they say. */
export const native: NativeLane = {
  request: nativeRequest,
  reply: nativeReply,
  stream: (patch, provider) => new MessagesTap(patch, provider),
}
