/** A prompt and its answer, as they are kept for the log. */
export interface KeptBody {
  /** Of the generation. */
  readonly id: string
  readonly keyId: string
  /** When it ended, milliseconds UTC. */
  readonly at: number
  readonly api: string
  readonly streamed: boolean
  /**
   * The client's JSON text; where something of it was masked or changed before it went upstream, what went there instead, in the internal
   * form (`{"messages":[…]}`), and nothing of what was masked.
   */
  readonly request: string
  readonly changed: boolean
  /** What the client got, as it got it: one JSON text, or the events of a stream. Empty where it got none. */
  readonly answer: string
  /** Characters that were left out at the end of each, because they are over `bodies.body_bytes`. */
  readonly requestCut: number
  readonly answerCut: number
}

/** How they are kept. */
export interface BodySettings {
  readonly retentionDays: number
  readonly quotaBytes: number
  /** Largest text that is kept whole, bytes of UTF-8 (reckoned by characters). */
  readonly bodyBytes: number
  readonly encryptionKey?: string
}

export interface BodiesState {
  readonly kept: number
  /** Not kept, because there was no room in memory, or the disk took none. */
  readonly dropped: number
  readonly waitingBytes: number
  readonly diskBytes: number
  /** Why the last one was not kept; absent: it was. */
  readonly problem?: string
}

/** What the thread that writes and reads them is asked. */
export type BodyQuestion =
  | { readonly kind: "open"; readonly folder: string; readonly name: string; readonly seed: Uint8Array }
  | { readonly kind: "keep"; readonly bodies: readonly KeptBody[]; readonly settings: BodySettings }
  | { readonly kind: "find"; readonly id: string; readonly at: number; readonly settings: BodySettings }
  | { readonly kind: "sweep"; readonly now: number; readonly settings: BodySettings }
  | { readonly kind: "close" }

export interface BodyFound {
  readonly body?: KeptBody
  /** Why one that is there cannot be read: `sealed` with another key than the present one, damaged, or where nothing can be read. */
  readonly problem?: "sealed" | "damaged" | "unreadable"
}
