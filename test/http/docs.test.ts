import { afterAll, describe, expect, test } from "bun:test"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { agents } from "../../src/http/docs/agents.ts"
import { agentsPage } from "../../src/http/docs/page.ts"
import { agentsTable } from "../kit/agents-table.ts"
import { adminKey, inferenceKey, startGateway } from "../kit/gateway.ts"

const gateway = await startGateway({ default_model: "acme/one" })
afterAll(() => gateway.stop())
const page = async (init: RequestInit = {}) => {
  const response = await fetch(`${gateway.url}/docs/agents`, init)
  return { response, text: await response.text() }
}

describe("/docs/agents", () => {
  test("is a page for everybody, with this gateway's address and without a key", async () => {
    const { response, text } = await page()
    expect(response.status).toBe(200)
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8")
    for (const { title, name, path } of agents) {
      expect(text).toContain(`id="${name}"`)
      expect(text).toContain(title)
      expect(text).toContain(`<code>${gateway.url}${path}</code>`)
    }
    expect(text).toContain("acme/one")
    expect(text).not.toContain(inferenceKey)
    expect(text).not.toContain(adminKey)
  })

  test("fetches and runs nothing", async () => {
    const { response, text } = await page()
    expect(text).not.toMatch(/<script|<img|<link|<iframe|\ssrc=|@import|url\(/i)
    expect(response.headers.get("content-security-policy")).toContain("default-src 'none'")
  })

  test("is closed to pages of other origins", async () => {
    const { response } = await page({ headers: { origin: "https://elsewhere.example" } })
    expect(response.headers.get("access-control-allow-origin")).toBeNull()
  })

  test("shows the public address where one is configured, and no model where models are not public", async () => {
    const server = { port: 0, public_url: "https://llm.example.com" }
    await gateway.configure({ server, default_model: "acme/one", models: { public: false } })
    const { text } = await page()
    expect(text).toContain("<code>https://llm.example.com/v1</code>")
    expect(text).not.toContain(gateway.url)
    expect(text).not.toContain("acme/one")
  })

  test("whatever the address holds is text", () => {
    const text = agentsPage({ url: `http://<b>"x'&`, model: undefined, defaultModel: "</pre><i>", key: undefined })
    expect(text).not.toMatch(/<b>|<i>/)
    expect(text).toContain("http://&lt;b&gt;&quot;x&#39;&amp;")
  })
})

describe("/docs/errors", () => {
  test("is where every docs_url leads, at an anchor that is there", async () => {
    const response = await fetch(`${gateway.url}/docs/errors`)
    expect(response.status).toBe(200)
    const text = await response.text()
    for (const code of [
      "model_not_found",
      "wrong_endpoint",
      "constraint_filtered",
      "free_variant_ended",
      "capacity_exhausted",
    ])
      expect(text).toContain(`<h2 id="${code}">`)
    expect(text).not.toMatch(/<script|\ssrc=/i)
  })

  test.each(["/api/v1/chat/completions", "/api/v1/embeddings"])("%s", async (path) => {
    const body = { model: "nobody/knows", messages: [{ role: "user", content: "x" }], input: "x" }
    const docs = async () => {
      const { error } = (await (await gateway.post(path, body)).json()) as {
        error: { availability: { docs_url: string } }
      }
      return error.availability.docs_url
    }
    await gateway.configure({ default_model: "acme/one" })
    expect(await docs()).toBe(`${gateway.url}/docs/errors#model_not_found`)
    await gateway.configure({ server: { port: 0, public_url: "https://llm.example.com" }, default_model: "acme/one" })
    expect(await docs()).toBe("https://llm.example.com/docs/errors#model_not_found")
  })
})

test("README has the table of clients", () => {
  const readme = readFileSync(join(import.meta.dir, "../../README.md"), "utf8")
  expect(readme.includes(agentsTable()), "write it anew: bun test/kit/readme.ts").toBe(true)
})
