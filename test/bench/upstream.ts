/** A canned upstream of every format: whole answers, or streams whose events are written one by one. */
import { chatCompletions, gemini, messages, type Reply, responses } from "./replies.ts"

const encoder = new TextEncoder()
const events = 200
const gapMs = 5

function stream({ begin, middle, end }: Reply): ReadableStream<Uint8Array> {
  let at = 0
  return new ReadableStream({
    async pull(controller) {
      if (at > events) {
        controller.enqueue(encoder.encode(end.join("")))
        controller.close()
        return
      }
      if (at > 0) await Bun.sleep(gapMs)
      controller.enqueue(encoder.encode(at === 0 ? begin.join("") : middle(at)))
      at++
    },
  })
}

function replyTo(path: string): Reply {
  if (path.startsWith("/v1beta/")) return gemini
  if (path === "/v1/messages") return messages
  return path === "/v1/responses" ? responses : chatCompletions
}

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  idleTimeout: 0,
  async fetch(request) {
    const { pathname } = new URL(request.url)
    const body = await request.text()
    const reply = replyTo(pathname)
    if (body.includes('"stream":true') || pathname.endsWith(":streamGenerateContent"))
      return new Response(stream(reply), { headers: { "content-type": "text/event-stream" } })
    return new Response(reply.whole, { headers: { "content-type": "application/json" } })
  },
})

console.log(`READY ${server.url}`)
