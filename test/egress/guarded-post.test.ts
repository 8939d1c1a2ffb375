import { afterAll, beforeAll, expect, test } from "bun:test"
import { GatewayError } from "../../src/contract/index.ts"
import { createGuardedPost, postProblem } from "../../src/egress/guarded-post.ts"

let server: ReturnType<typeof Bun.serve>
const seen: string[] = []

beforeAll(() => {
  server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const { pathname } = new URL(request.url)
      seen.push(`${request.method} ${request.headers.get("host")} ${pathname} ${await request.text()}`)
      if (pathname === "/moved") return new Response(null, { status: 307, headers: { location: "/inside" } })
      if (pathname === "/endless")
        return new Response(
          new ReadableStream({
            pull: (controller) => controller.enqueue(new TextEncoder().encode("x".repeat(600))),
          }),
        )
      return new Response("thanks", { status: 202 })
    },
  })
})
afterAll(() => server.stop(true))

const never = new AbortController().signal
const post = (
  url: string,
  { allow = [] as readonly string[], addresses = ["127.0.0.1"] as readonly string[], trusted = false } = {},
) =>
  createGuardedPost({ fetch, resolve: async () => addresses, allow: () => allow })({
    url,
    headers: { "content-type": "application/json" },
    body: "{}",
    trusted,
    signal: never,
  })
const at = (path: string, scheme = "http") => `${scheme}://hooks.test:${server.port}${path}`
const refusal = async (work: Promise<unknown>): Promise<string> => {
  const thrown = await work.then(
    () => undefined,
    (error: unknown) => error,
  )
  expect(GatewayError.is(thrown)).toBe(true)
  return (thrown as GatewayError).message
}

test("a message goes to the address that was looked at, under the name's own host", async () => {
  expect(await post(at("/hook"), { allow: ["127.0.0.0/8"] })).toEqual({ status: 202, text: "thanks" })
  expect(seen.at(-1)).toBe(`POST hooks.test:${server.port} /hook {}`)
})

test("what leads inside is refused before anything is sent", async () => {
  const before = seen.length
  expect(await refusal(post(at("/hook")))).toContain("not public")
  expect(await refusal(post(`http://127.0.0.1:${server.port}/hook`))).toContain("not public")
  expect(await refusal(post("http://169.254.169.254/latest/meta-data"))).toContain("not public")
  expect(await refusal(post(at("/hook"), { addresses: ["8.8.8.8", "127.0.0.1"] }))).toContain("not public")
  expect(await refusal(post(at("/hook"), { addresses: ["8.8.8.8"] }))).toContain("without encryption")
  expect(seen).toHaveLength(before)
})

test("what the operator wrote into the file may lead inside", async () => {
  expect(await post(`http://127.0.0.1:${server.port}/hook`, { trusted: true })).toMatchObject({ status: 202 })
})

test.each([true, false])("no redirect is followed (in the file: %p)", async (trusted) => {
  const before = seen.length
  const url = trusted ? `http://127.0.0.1:${server.port}/moved` : at("/moved")
  expect(await post(url, { trusted, allow: ["127.0.0.0/8"] })).toMatchObject({ status: 307 })
  expect(seen).toHaveLength(before + 1)
})

test("an answer without end is read for as long as it is worth something", async () => {
  const { text } = await post(at("/endless"), { allow: ["127.0.0.0/8"] })
  expect(text).toHaveLength(2000)
})

test("addresses that are none", () => {
  for (const url of ["nonsense", "ftp://a.example", "https://user:secret@a.example/", "file:///etc/passwd"])
    expect(postProblem(url)).toBeString()
  expect(postProblem("https://hooks.example.com/x")).toBeUndefined()
})
