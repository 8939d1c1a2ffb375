import { startFakeAnthropic } from "./fake-anthropic.ts"
import { startFakeGemini } from "./fake-gemini.ts"
import { startFakeOpenAi } from "./fake-openai.ts"
import { startGateway } from "./gateway.ts"
import { pdfOf } from "./pdf.ts"

export const report = pdfOf(["Revenue rose by 7 percent", "Costs fell"])

const price = { input: 1, output: 2 }

/** A server of files, three upstreams that read PDF and one that reads text alone, and a gateway that may call this machine. */
export async function startFiles(config: Readonly<Record<string, unknown>> = {}) {
  const asked: string[] = []
  const files = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch(request) {
      const { pathname } = new URL(request.url)
      asked.push(pathname)
      if (pathname === "/report.pdf" || pathname === "/untold") return new Response(report)
      if (pathname === "/moved.pdf") return Response.redirect("/report.pdf", 302)
      if (pathname === "/inside.pdf") return Response.redirect("http://10.1.2.3/report.pdf", 302)
      if (pathname === "/table.csv") return new Response("a,b\n1,2", { headers: { "content-type": "text/plain" } })
      if (pathname === "/page") return new Response("<html>", { headers: { "content-type": "text/html" } })
      if (pathname === "/large") return new Response(new Uint8Array(1_000_000))
      return new Response("no", { status: 404 })
    },
  })
  const openai = await startFakeOpenAi()
  const plain = await startFakeOpenAi({ strict: false })
  const anthropic = startFakeAnthropic()
  const google = startFakeGemini()
  const provider = (id: string, url: string, model: string, more: Readonly<Record<string, unknown>> = {}) => ({
    id,
    base_url: url,
    api_key: "k",
    models: [{ id: model, price }],
    ...more,
  })
  const gateway = await startGateway({
    providers: [
      provider("openai", openai.url, "openai/gpt-4o-mini"),
      provider("anthropic", anthropic.url, "anthropic/claude-sonnet-4-5"),
      provider("google", google.url, "google/gemini-3-pro"),
      provider("plain", plain.url, "test/plain", { plugin: "openai-compatible" }),
    ],
    egress: { allow: ["127.0.0.0/8"] },
    retries: { same_upstream: 0 },
    ...config,
  })
  return {
    gateway,
    openai,
    plain,
    anthropic,
    google,
    /** Paths that the file server was asked for. */
    asked,
    url: (path: string) => `http://127.0.0.1:${files.port}${path}`,
    async stop() {
      await gateway.stop()
      await Promise.all([openai.stop(), plain.stop(), anthropic.stop(), google.stop(), files.stop(true)])
    },
  }
}
