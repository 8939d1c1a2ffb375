import { afterAll, beforeEach, describe, expect, test } from "bun:test"
import { fakeToken, startFakeBedrock } from "../../kit/fake-bedrock.ts"
import { chat } from "../../kit/wire-client.ts"
import { provider, tell, wireFor } from "./kit.ts"

const fake = startFakeBedrock()
afterAll(() => fake.stop())
beforeEach(() => {
  fake.calls.length = 0
})

const models = {
  "Claude by InvokeModel": "anthropic.claude-sonnet-4-5-20250929-v1:0",
  "an inference profile": "eu.anthropic.claude-sonnet-4-5-20250929-v1:0",
  "an ARN": "arn:aws:bedrock:eu-central-1:123456789012:inference-profile/eu.amazon.nova-pro-v1:0",
  "an ARN that hides its model": "arn:aws:bedrock:eu-central-1:123456789012:application-inference-profile/a1b2c3",
  Converse: "amazon.nova-pro-v1:0",
  "the OpenAI-shaped endpoint": "openai.gpt-oss-120b",
  "a name with odd characters": "custom model/with+signs*'()!~:0",
}

describe("Signature Version 4, computed anew by the fake", () => {
  for (const [name, model] of Object.entries(models))
    test(name, async () => {
      const wire = wireFor(provider({ url: fake.url }), model, chat(), "chat-completions")
      for (const stream of model.startsWith("openai.") ? [false] : [false, true]) {
        const { parts } = await tell(wire, model, chat({ text: "Grüße 😀", stream }))
        expect(parts.some(({ type }) => type === "finish")).toBe(true)
      }
    })

  test("a session token is sent and signed", async () => {
    fake.keys.ASIAFAKE = { secret: "s3cret", token: "session+token/==" }
    const options = { access_key_id: "ASIAFAKE", secret_access_key: "s3cret", session_token: "session+token/==" }
    const wire = wireFor(provider({ url: fake.url, options }), "amazon.nova-pro-v1:0")
    expect((await tell(wire, "amazon.nova-pro-v1:0", chat())).parts).not.toBeEmpty()
  })

  test("the configuration's own headers are signed with the rest", async () => {
    const wire = wireFor(provider({ url: fake.url, headers: { "X-Team": "a   b" } }), "amazon.nova-pro-v1:0")
    await tell(wire, "amazon.nova-pro-v1:0", chat())
    expect(fake.calls.at(-1)?.headers.get("authorization")).toContain("x-team")
  })

  test("a wrong secret is refused, and the error does not hold it", async () => {
    const options = { access_key_id: "AKIAFAKE", secret_access_key: "not-the-secret" }
    const wire = wireFor(provider({ url: fake.url, options }), "amazon.nova-pro-v1:0")
    const error = await tell(wire, "amazon.nova-pro-v1:0", chat()).catch((thrown) => thrown)
    expect(error.code).toBe("provider_auth")
    expect(JSON.stringify({ ...error, message: error.message })).not.toContain("not-the-secret")
  })
})

test("an API key of Bedrock's wins over access keys and is sent as it is", async () => {
  const made = provider({
    url: fake.url,
    apiKey: ` ${fakeToken}\n`,
    options: { access_key_id: "x", secret_access_key: "y" },
  })
  for (const model of ["amazon.nova-pro-v1:0", "openai.gpt-oss-120b"])
    await tell(wireFor(made, model, chat(), "chat-completions"), model, chat())
  expect(fake.calls.map(({ headers }) => headers.get("authorization"))).toEqual([
    `Bearer ${fakeToken}`,
    `Bearer ${fakeToken}`,
  ])
  expect(fake.calls[0]?.headers.has("x-amz-date")).toBe(false)
})

test("colons and slashes of a model id are escaped on the wire", async () => {
  const made = provider({ url: fake.url })
  for (const model of [models.Converse, models["an ARN"]]) await tell(wireFor(made, model), model, chat())
  expect(fake.calls.map(({ path }) => path)).toEqual([
    "/model/amazon.nova-pro-v1%3A0/converse",
    "/model/arn%3Aaws%3Abedrock%3Aeu-central-1%3A123456789012%3Ainference-profile%2Feu.amazon.nova-pro-v1%3A0/converse",
  ])
})

test("a model id that a path would swallow is refused", () => {
  const wire = wireFor(provider({ url: fake.url }), "..")
  expect(() => wire.endpoint({ model: "..", stream: false })).toThrow("is no model id")
})
