import type { ChatPart, NativeSummary, NativeTap } from "../contract/index.ts"
import type { Try } from "./attempt/try.ts"

/** An upstream that has begun to answer: from here on there is no other attempt. */
export type Answer =
  | { readonly kind: "native-whole"; readonly current: Try; readonly text: string; readonly summary: NativeSummary }
  | {
      readonly kind: "native-stream"
      readonly current: Try
      readonly tap: NativeTap
      readonly reader: ReadableStreamDefaultReader<Uint8Array>
      /** What the tap already let through; and whether the body has ended. */
      readonly first: readonly Uint8Array[]
      readonly pending: Promise<ReadResult> | undefined
      /** Call it when the answer is complete. */
      readonly note: () => void
    }
  | {
      readonly kind: "parts"
      readonly current: Try
      readonly parts: AsyncIterator<ChatPart>
      readonly first: readonly ChatPart[]
      /** The client went away. True: others wait for it, so that it goes on, and settles itself. */
      readonly leave?: () => boolean
    }

/** An answer whose parts are known, as every lane but the native one gives it. */
export type PartsAnswer = Extract<Answer, { kind: "parts" }>

/**
 * All parts of an answer. Whoever stops reading ends the source as well; that is not awaited, because a plugin's generator that hangs
 * cannot be made to return.
 */
export async function* partsOf({ first, parts }: PartsAnswer): AsyncGenerator<ChatPart> {
  try {
    yield* first
    for (;;) {
      const { done, value } = await parts.next()
      if (done) return
      yield value
    }
  } finally {
    parts.return?.(undefined)?.catch(() => {})
  }
}

export type ReadResult = Awaited<ReturnType<ReadableStreamDefaultReader<Uint8Array>["read"]>>
