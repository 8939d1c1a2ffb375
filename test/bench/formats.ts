/** How a client asks in each format. */
export interface Format {
  readonly path: string
  /** Where streams have an address of their own. */
  readonly streamPath?: string
  /** The gateway's provider for it, behind `upstream` (with a slash at its end). */
  provider(upstream: string): Readonly<Record<string, unknown>>
  body(text: string, stream: boolean): string
}

export type FormatName = keyof typeof formats

const priced = { price: { input: 1, output: 2 }, max_output: 4096 }

export const formats = {
  "chat completions": {
    path: "v1/chat/completions",
    provider: (upstream) => ({
      id: "bench",
      plugin: "openai-compatible",
      base_url: `${upstream}v1`,
      api_key: "upstream",
      models: [{ id: "bench/model", upstream: "bench-model", ...priced }],
    }),
    body: (text, stream) =>
      JSON.stringify({
        model: "bench/model",
        messages: [
          { role: "system", content: "You are terse." },
          { role: "user", content: text },
        ],
        max_tokens: 256,
        temperature: 0.5,
        ...(stream ? { stream, stream_options: { include_usage: true } } : {}),
      }),
  },
  messages: {
    path: "v1/messages",
    provider: (upstream) => ({
      id: "bench-messages",
      plugin: "anthropic",
      base_url: `${upstream}v1`,
      api_key: "upstream",
      models: [{ id: "bench/claude-sonnet-4-5", upstream: "claude-sonnet-4-5", ...priced }],
    }),
    body: (text, stream) =>
      JSON.stringify({
        model: "bench/claude-sonnet-4-5",
        max_tokens: 256,
        system: [{ type: "text", text: "You are terse." }],
        messages: [{ role: "user", content: [{ type: "text", text }] }],
        temperature: 0.5,
        ...(stream ? { stream } : {}),
      }),
  },
  responses: {
    path: "v1/responses",
    provider: (upstream) => ({
      id: "bench-responses",
      plugin: "openai",
      base_url: `${upstream}v1`,
      api_key: "upstream",
      models: [{ id: "bench/gpt-4.1", upstream: "gpt-4.1", ...priced }],
    }),
    body: (text, stream) =>
      JSON.stringify({
        model: "bench/gpt-4.1",
        instructions: "You are terse.",
        input: [{ type: "message", role: "user", content: [{ type: "input_text", text }] }],
        max_output_tokens: 256,
        store: false,
        ...(stream ? { stream } : {}),
      }),
  },
  gemini: {
    path: "v1beta/models/bench-gemini:generateContent",
    streamPath: "v1beta/models/bench-gemini:streamGenerateContent?alt=sse",
    provider: (upstream) => ({
      id: "bench-gemini",
      plugin: "google",
      base_url: `${upstream}v1beta`,
      api_key: "upstream",
      models: [{ id: "bench-gemini", upstream: "gemini-2.5-flash", ...priced }],
    }),
    body: (text) =>
      JSON.stringify({
        systemInstruction: { parts: [{ text: "You are terse." }] },
        contents: [{ role: "user", parts: [{ text }] }],
        generationConfig: { maxOutputTokens: 256, temperature: 0.5 },
      }),
  },
} as const satisfies Readonly<Record<string, Format>>
