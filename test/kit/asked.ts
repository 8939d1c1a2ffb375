import type { ChatRequest } from "signalbox/plugin"

/** A request that says nothing, for encoders of answers. */
export const asked: ChatRequest = { model: "a/b", messages: [], sampling: {}, stream: false }
