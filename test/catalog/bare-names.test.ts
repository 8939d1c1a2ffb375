import { afterAll, describe, expect, test } from "bun:test"
import { startGateway } from "../kit/gateway.ts"
import { startScriptedAnthropic } from "../kit/scripted/anthropic.ts"

/** Coding agents ask for models by the name alone; what the upstream is asked for shows which offer was found. */
const upstream = startScriptedAnthropic("/nowhere")
const provider = { base_url: upstream.url, api_key: "k" }
const gateway = await startGateway({ providers: [{ id: "anthropic", ...provider }] })
afterAll(async () => {
  await gateway.stop()
  await upstream.stop()
})

const ask = async (model: string) => {
  const body = { model, max_tokens: 100, messages: [{ role: "user", content: "hi" }] }
  const response = await gateway.post("/v1/messages?beta=true", body)
  const asked = upstream.notes.turns.splice(0).map((turn) => turn.split(" ")[0])
  return { status: response.status, asked, text: await response.text() }
}

const bare = "claude-opus-5-5"
const dated = "claude-haiku-4-5-20251001"

describe("a Claude name without its author is found", () => {
  test("at the provider of the family, which takes any name", async () => {
    expect(await ask(bare)).toMatchObject({ status: 200, asked: [bare] })
    expect(await ask(dated)).toMatchObject({ status: 200, asked: [dated] })
  })

  test("at a provider of the family with an id of its own", async () => {
    await gateway.configure({ providers: [{ id: "house", plugin: "anthropic", ...provider }] })
    expect(await ask(bare)).toMatchObject({ status: 200, asked: [bare] })
  })

  test("among configured models, with and without its date", async () => {
    const models = [
      { id: `anthropic/${bare}`, upstream: "opus-up" },
      { id: "anthropic/claude-haiku-4-5", upstream: "haiku-up" },
    ]
    await gateway.configure({ providers: [{ id: "house", plugin: "anthropic", ...provider, models }] })
    expect(await ask(bare)).toMatchObject({ status: 200, asked: ["opus-up"] })
    expect(await ask(dated)).toMatchObject({ status: 200, asked: ["haiku-up"] })
  })

  test("as an alias, by its own name, by the author's, and without its date", async () => {
    const models = [{ id: "acme/one", upstream: "up-one" }]
    const providers = [{ id: "house", plugin: "anthropic", ...provider, models }]
    for (const name of [bare, `anthropic/${bare}`]) {
      await gateway.configure({ providers, aliases: { [name]: "acme/one" } })
      expect(await ask(bare)).toMatchObject({ status: 200, asked: ["up-one"] })
    }
    for (const name of ["claude-haiku-4-5", "anthropic/claude-haiku-4-5"]) {
      await gateway.configure({ providers, aliases: { [name]: "acme/one" } })
      expect(await ask(dated)).toMatchObject({ status: 200, asked: ["up-one"] })
    }
  })

  test("and not where nobody offers it", async () => {
    const models = [{ id: "acme/one" }]
    await gateway.configure({ providers: [{ id: "house", plugin: "anthropic", ...provider, models }] })
    const { status, text } = await ask(bare)
    expect(status).toBe(404)
    expect(text).toContain(bare)
  })
})
