import type { Json, SpeechReply, Usage } from "../../contract/index.ts"
import { base64Of } from "../media/file.ts"
import { speechUsage } from "../media/usage.ts"
import { encodeEvent } from "../sse.ts"

const stream = (body: SpeechReply["body"]): ReadableStream<Uint8Array> =>
  body instanceof Uint8Array ? (new Blob([body.slice()]).stream() as ReadableStream<Uint8Array>) : body

/** What is told when the audio has ended. */
export interface SpeechEnd {
  readonly usage: Usage
  readonly costUsd: number
}

/**
 * The audio as events (`stream_format: sse`): its bytes in base64 as they come, and usage at the end, which is asked for when the last
 * bytes are through. A failure of the upstream in the middle fails the stream.
 */
export const encodeSpeechEvents = (reply: SpeechReply, end: () => SpeechEnd): ReadableStream<Uint8Array> => {
  const encoder = new TextEncoder()
  const write = (event: { readonly type: string } & { [key: string]: Json }) => encoder.encode(encodeEvent(event))
  return stream(reply.body).pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform: (bytes, controller) =>
        controller.enqueue(write({ type: "speech.audio.delta", audio: base64Of(bytes) })),
      flush(controller) {
        const { usage, costUsd } = end()
        controller.enqueue(write({ type: "speech.audio.done", usage: speechUsage(usage, costUsd) }))
      },
    }),
  )
}
