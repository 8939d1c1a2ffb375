/** A canned OpenAI-shaped upstream: one reply of about 1 KB, or a stream of events that are written one by one. */
const reply = JSON.stringify({
  id: "chatcmpl-bench0000000000000000001",
  object: "chat.completion",
  created: 1_790_000_000,
  model: "bench-model-2026",
  choices: [
    {
      index: 0,
      message: { role: "assistant", content: "word ".repeat(140), refusal: null },
      logprobs: null,
      finish_reason: "stop",
    },
  ],
  usage: {
    prompt_tokens: 20,
    completion_tokens: 140,
    total_tokens: 160,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
  },
  service_tier: "default",
  system_fingerprint: "fp_bench",
})

const chunk = (delta: unknown, finish: string | null) =>
  `data: ${JSON.stringify({ id: "chatcmpl-bench0000000000000000001", object: "chat.completion.chunk", created: 1_790_000_000, model: "bench-model-2026", service_tier: "default", system_fingerprint: "fp_bench", choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }], usage: null })}\n\n`

const usageChunk = `data: ${JSON.stringify({ id: "chatcmpl-bench0000000000000000001", object: "chat.completion.chunk", created: 1_790_000_000, model: "bench-model-2026", choices: [], usage: { prompt_tokens: 20, completion_tokens: 200, total_tokens: 220 } })}\n\n`

const encoder = new TextEncoder()
const events = 200
const gapMs = 5

function stream(): ReadableStream<Uint8Array> {
  let at = 0
  return new ReadableStream({
    async pull(controller) {
      if (at > events) {
        controller.enqueue(encoder.encode(`${chunk({}, "stop")}${usageChunk}data: [DONE]\n\n`))
        controller.close()
        return
      }
      if (at > 0) await Bun.sleep(gapMs)
      controller.enqueue(
        encoder.encode(chunk(at === 0 ? { role: "assistant", content: "" } : { content: `word${at} ` }, null)),
      )
      at++
    },
  })
}

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  idleTimeout: 0,
  async fetch(request) {
    const body = await request.text()
    if (body.includes('"stream":true'))
      return new Response(stream(), { headers: { "content-type": "text/event-stream" } })
    return new Response(reply, { headers: { "content-type": "application/json" } })
  },
})

export {}

console.log(`READY ${server.url}`)
