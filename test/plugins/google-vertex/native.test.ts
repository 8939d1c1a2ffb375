import { afterAll, describe, expect, test } from "bun:test"
import { sendText, servingWire } from "../../kit/signed-client.ts"
import { startRig } from "./kit.ts"

const { fake, create } = await startRig()
const provider = create()
afterAll(() => fake.stop())

/** What goes up of a client's own text; undefined: it must be translated. */
const native = (model: string, text: string): string | undefined => {
  const wire = servingWire(provider, model)
  if (!wire.dialect.native) throw new Error("no native lane")
  return wire.dialect.native.request(text, { model, profile: wire.profile(model) })
}

const claude = "claude-sonnet-4-5@20250929"
const flash = "gemini-3-flash"

describe("Claude's own format", () => {
  const turn = '"max_tokens" : 1.0e2, "messages":[{"role":"user","content":"hé\\u00e9 \\"type\\":\\"url\\" hello"}]'

  test("loses its model, gains the version, and stays itself otherwise", () => {
    const future = '"future_field":{"b":1,"a":12345678901234567890}'
    expect(native(claude, `{"model":"anthropic/x",${turn}, ${future}}`)).toBe(
      `{${turn}, ${future},"anthropic_version":"vertex-2023-10-16"}`,
    )
    expect(native(claude, `{${turn},"model":"anthropic/x","anthropic_version":"vertex-2023-10-16"}`)).toBe(
      `{${turn},"anthropic_version":"vertex-2023-10-16"}`,
    )
  })

  test("is translated where Vertex AI would refuse it", () => {
    const image = '{"type":"image","source":{"type":"url","url":"https://a.test/b.png"}}'
    const tool = '{"name":"a","strict": true,"input_schema":{"type":"object"}}'
    const format = '"output_config":{"format":{"type":"json_schema","schema":{"type":"object"}}}'
    const withModel = (rest: string) => `{"model":"m","max_tokens":9,${rest}}`
    const said = '"messages":[{"role":"user","content":"a"}]'
    expect(native(claude, withModel(said))).toBeDefined()
    expect(native(claude, withModel(`"messages":[{"role":"user","content":[${image}]}]`))).toBeUndefined()
    expect(native(claude, withModel(`${said},"tools":[${tool}]`))).toBeUndefined()
    expect(native(claude, withModel(`${said},${format}`))).toBeUndefined()
  })

  test("is answered by the strict upstream, streamed or not", async () => {
    for (const stream of [true, false]) {
      const text = native(claude, `{"model":"m","stream":${stream},${turn}}`)
      const bytes = await sendText(servingWire(provider, claude), claude, text ?? "", stream)
      expect(new TextDecoder().decode(bytes)).toContain("Hello")
    }
  })
})

describe("Gemini's own format", () => {
  const contents = '"contents":[{"role":"user","parts":[{"text":"hello"}]}]'

  test("goes up as it is", () => {
    const text = `{ ${contents}, "labels":{"team":"a"},"generationConfig":{"temperature":1.0}}`
    expect(native(flash, text)).toBe(text)
  })

  test("is translated where AI Studio takes more", () => {
    const call = '{"role":"model","parts":[{"functionCall":{"id":"a","name":"f","args":{}}}]}'
    const answer = '{"role":"user","parts":[{"functionResponse":{"name":"f","response":{},"id":"a"}}]}'
    for (const text of [
      '{"contents":[{"parts":[{"text":"hello"}]}]}',
      `{${contents},"serviceTier":"priority"}`,
      `{${contents},"service_tier":"priority"}`,
      `{"contents":[{"role":"user","parts":[{"text":"hello"}]},${call},${answer}]}`,
    ])
      expect(native(flash, text)).toBeUndefined()
  })

  test("is answered by the strict upstream, streamed or not", async () => {
    for (const stream of [true, false]) {
      const bytes = await sendText(servingWire(provider, flash), flash, native(flash, `{${contents}}`) ?? "", stream)
      expect(new TextDecoder().decode(bytes)).toContain("Hello")
    }
  })
})
