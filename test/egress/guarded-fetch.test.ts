import { afterAll, beforeAll, expect, test } from "bun:test"
import { GatewayError } from "../../src/contract/index.ts"
import { createGuardedFetch, type EgressLimits } from "../../src/egress/guarded-fetch.ts"

const png = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0])
let server: ReturnType<typeof Bun.serve>
const seen: string[] = []

beforeAll(() => {
  server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch(request) {
      const { pathname } = new URL(request.url)
      seen.push(`${request.headers.get("host")} ${pathname} ${request.headers.get("authorization")}`)
      if (pathname === "/a%20b.png") return new Response(png, { headers: { "content-type": "text/plain" } })
      if (pathname === "/text")
        return new Response("plain", { headers: { "content-type": "Text/Plain; charset=utf-8" } })
      if (pathname === "/large") return new Response(new Uint8Array(5000))
      if (pathname === "/chunked")
        return new Response(
          new ReadableStream({
            pull(controller) {
              controller.enqueue(new Uint8Array(600))
            },
          }),
        )
      if (pathname === "/once") return Response.redirect("/text", 302)
      if (pathname === "/inside") return Response.redirect("http://10.0.0.1/secret", 302)
      if (pathname === "/file") return new Response(null, { status: 302, headers: { location: "file:///etc/passwd" } })
      if (pathname.startsWith("/loop")) return Response.redirect("/loop", 302)
      if (pathname === "/hang") return new Promise<Response>(() => {})
      return new Response("no", { status: 404 })
    },
  })
})
afterAll(() => server.stop(true))

const guarded = (limits: Partial<EgressLimits> = {}, addresses: readonly string[] = ["127.0.0.1"]) =>
  createGuardedFetch({
    fetch,
    resolve: async () => addresses,
    limits: () => ({ bytes: 1000, milliseconds: 5000, allow: ["127.0.0.0/8"], ...limits }),
  })
const never = new AbortController().signal
const at = (path: string, host = "files.test") => `http://${host}:${server.port}${path}`
const refusal = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work
  } catch (thrown) {
    if (!GatewayError.is(thrown)) throw thrown
    expect(thrown.code).toBe("invalid_request")
    expect(thrown.param).toBe("f")
    return thrown.message
  }
  throw new Error("nothing was refused")
}

test("the name is kept for the host, the type comes from the bytes, no credential goes along", async () => {
  const file = await guarded()(at("/a%20b.png"), "f", never)
  expect(file).toMatchObject({ mime: "image/png", name: "a b.png" })
  expect(file.bytes).toEqual(Buffer.from(png))
  expect(seen.at(-1)).toBe(`files.test:${server.port} /a%20b.png null`)
  expect(await guarded()(at("/text"), "f", never)).toMatchObject({ mime: "text/plain" })
})

test("a redirect is followed, each hop looked at", async () => {
  expect((await guarded()(at("/once"), "f", never)).name).toBe("text")
  expect(await refusal(guarded()(at("/inside"), "f", never))).toContain("not public")
  expect(await refusal(guarded()(at("/file"), "f", never))).toContain("file:")
  expect(await refusal(guarded()(at("/loop"), "f", never))).toContain("more than 3 times")
})

test.each([
  ["http://169.254.169.254/latest/meta-data", "not public"],
  ["https://[::1]/", "not public"],
  ["http://2130706433/", "not public"],
  ["http://0x7f.1/", "not public"],
  ["file:///etc/passwd", "file:"],
  ["gopher://x/", "gopher:"],
  ["https://user:secret@example.com/", "password"],
  ["not a url", "no valid URL"],
])("%s is refused", async (url, words) => {
  const message = await refusal(guarded({ allow: [] })(url, "f", never))
  expect(message).toContain(words)
  expect(message).not.toContain("secret")
})

test("a name with one private address among public ones is refused", async () => {
  const fetching = guarded({ allow: [] }, ["8.8.8.8", "10.0.0.1"])("https://rebind.test/", "f", never)
  expect(await refusal(fetching)).toContain("not public")
})

test("plain http to a public address is refused", async () => {
  expect(await refusal(guarded({ allow: [] }, ["8.8.8.8"])("http://plain.test/", "f", never))).toContain(
    "not encrypted",
  )
})

test("size and time are limited, and a status is told", async () => {
  expect(await refusal(guarded()(at("/large"), "f", never))).toContain("larger than 1000 bytes")
  expect(await refusal(guarded()(at("/chunked"), "f", never))).toContain("larger than 1000 bytes")
  expect(await refusal(guarded({ milliseconds: 50 })(at("/hang"), "f", never))).toContain("did not answer")
  expect(await refusal(guarded()(at("/missing?token=s3cret"), "f", never))).toMatch(/status 404/)
  expect(await refusal(guarded()(at("/missing?token=s3cret"), "f", never))).not.toContain("s3cret")
})

test("a client that leaves ends it with its own reason", async () => {
  const controller = new AbortController()
  const reason = new GatewayError("client_closed", "gone")
  const fetching = guarded()(at("/hang"), "f", controller.signal)
  controller.abort(reason)
  expect(await fetching.catch((thrown) => thrown)).toBe(reason)
})
