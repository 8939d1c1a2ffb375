/** Where an SDK is pointed. */
export interface SdkTarget {
  /** As the SDK's users write it: with `/v1` or `/api/v1`. */
  readonly baseUrl: string
  readonly apiKey: string
  /** A model whose upstream is the fake OpenAI. */
  readonly model: string
  /** The answer's usage must say what it cost. */
  readonly priced: boolean
}

/** What every SDK is asked to do; each throws when the SDK understood something else than what the fake upstream said. */
export interface SdkScenarios {
  /** An answer in one piece, with its usage. */
  plain(target: SdkTarget): Promise<void>
  /** 37 pieces that add up, and usage at the end. */
  stream(target: SdkTarget): Promise<void>
  /** Two calls at once, streamed in pieces. */
  tools(target: SdkTarget): Promise<void>
  /** Call, result, answer: the history with both is taken by a strict upstream. */
  toolTurn(target: SdkTarget): Promise<void>
  /** An object that fits a schema. */
  structured(target: SdkTarget): Promise<void>
  /** A refusal of the upstream arrives as the SDK's own error, with status and words. */
  error(target: SdkTarget): Promise<void>
  /** A failure in the middle of a stream is thrown, after the text before it. */
  streamError(target: SdkTarget): Promise<void>
}

/** What the fake upstream says in the scenarios above. */
export const said = {
  plain: "Hello, world!",
  stream: Array.from({ length: 37 }, (_, index) => `w${index} `).join(""),
  beforeError: "w0 w1 w2 ",
  cities: ["Köln", "Oslo"],
  refusal: "Invalid value: 'loud'",
  streamError: "The server had an error",
  structured: { city: "text", warm: true },
  anyObject: { ok: true },
} as const

export const prompts = {
  plain: "!text",
  stream: "!stream-37",
  tools: "!parallel-tools",
  toolLoop: "What is the weather like?",
  structured: "Tell me about a city, as json.",
  error: "!error-400",
  streamError: "!error-mid-stream-4",
} as const

/** JSON Schema of the structured scenario, closed as strict mode demands. */
export const citySchema = {
  type: "object",
  properties: { city: { type: "string" }, warm: { type: "boolean" } },
  required: ["city", "warm"],
  additionalProperties: false,
} as const

/** JSON Schema of the tool that the fake upstream calls. */
export const weatherSchema = {
  type: "object",
  properties: { city: { type: "string" }, unit: { type: "string" } },
  required: ["city", "unit"],
  additionalProperties: false,
} as const

/** What a promise was rejected with. */
export const failureOf = async (promise: PromiseLike<unknown>): Promise<unknown> => {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error("expected a failure")
}
