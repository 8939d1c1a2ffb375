import { type JournalEntry, LLMock } from "@copilotkit/aimock"

export interface Aimock {
  /** With `/v1`, for OpenAI-shaped clients. */
  readonly url: string
  /** Without a path, for Anthropic (`/v1/messages`) and Gemini (`/v1beta`). */
  readonly origin: string
  /** Everything that was asked so far, oldest first. */
  requests(): readonly JournalEntry[]
  stop(): Promise<void>
}

/**
 * A mock that other people wrote: one set of answers over many protocols, by the words of the last user text. `boom` fails with
 * 529, `slow down` with 429, `cut` loses its socket in the middle; anything unknown is answered with a greeting.
 */
export const startAimock = async (): Promise<Aimock> => {
  const mock = new LLMock({ host: "127.0.0.1", port: 0, chunkSize: 8, logLevel: "silent" })
  mock.onMessage(/two cities/, {
    toolCalls: [
      { name: "get_weather", arguments: '{"city":"Köln"}' },
      { name: "get_weather", arguments: '{"city":"Oslo"}' },
    ],
  })
  mock.onMessage(/weather/, { toolCalls: [{ name: "get_weather", arguments: '{"city":"Köln"}' }] })
  mock.onMessage(/think/, { content: "The answer is 4.", reasoning: "Two and two." })
  mock.onMessage(/json/, { content: '{"city":"Köln"}' })
  mock.onMessage(/boom/, { error: { message: "Overloaded", type: "overloaded_error" }, status: 529 })
  mock.onMessage(/slow down/, { error: { message: "Rate limit reached", type: "rate_limit_error" }, status: 429 })
  mock.onMessage(/cut/, { content: "This answer never comes to its end." }, { truncateAfterChunks: 2 })
  mock.onMessage(/.*/s, { content: "Hello from aimock." })
  const origin = await mock.start()
  return {
    url: `${origin}/v1`,
    origin,
    requests: () => mock.getRequests(),
    stop: () => mock.stop(),
  }
}
