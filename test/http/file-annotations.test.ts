import { afterAll, expect, test } from "bun:test"
import { report, startFiles } from "../kit/files.ts"
import { events } from "../kit/gateway.ts"
import { base64Of } from "../kit/pdf.ts"
import { generationOf } from "../kit/upstreams.ts"

const rig = await startFiles()
afterAll(() => rig.stop())
const { gateway } = rig

const dataUrl = `data:application/pdf;base64,${base64Of(report)}`
const hash = new Bun.CryptoHasher("sha256").update(report).digest("hex")
const question = {
  role: "user",
  content: [
    { type: "text", text: "Sum it up" },
    { type: "file", file: { filename: "report.pdf", file_data: dataUrl } },
  ],
}

interface FileAnnotation {
  readonly type: string
  readonly file: {
    readonly hash: string
    readonly name: string
    readonly content: readonly { readonly type: string; readonly text: string }[]
  }
}
interface Message {
  readonly content: string
  readonly annotations?: readonly FileAnnotation[]
}

const ask = (model: string, messages: readonly unknown[], more: object = {}) =>
  gateway.chat({ model, messages, ...more })
const messageOf = async (response: Response): Promise<Message> =>
  ((await response.json()) as { choices: { message: Message }[] }).choices[0]!.message

const annotationOf = (text: string): FileAnnotation => ({
  type: "file",
  file: { hash, name: "report.pdf", content: [{ type: "text", text }] },
})

const whole = "--- Page 1 of 2 ---\nRevenue rose by 7 percent\n\n--- Page 2 of 2 ---\nCosts fell"

test("the answer brings the text of what was read", async () => {
  const message = await messageOf(await ask("test/plain", [question]))
  expect(message.annotations).toEqual([annotationOf(whole)])
  expect(message.content).not.toBe("")
})

test("streamed, before the end, and the pieces are the whole", async () => {
  const chunks = (await events(await ask("test/plain", [question], { stream: true }))).slice(0, -1)
  const choices = chunks.map(
    (chunk) => (JSON.parse(chunk) as { choices: { delta: Message; finish_reason: string | null }[] }).choices[0],
  )
  const told = choices.findIndex((choice) => choice?.delta.annotations)
  expect(choices[told]!.delta.annotations).toEqual([annotationOf(whole)])
  expect(choices.findIndex((choice) => choice?.finish_reason)).toBe(told + 1)
  expect(choices.filter((choice) => choice?.delta.annotations).length).toBe(1)
})

test("a turn that brings it back is not read again", async () => {
  const answer = await messageOf(await ask("test/plain", [question]))
  const marked = JSON.parse(JSON.stringify(answer).replaceAll("Revenue", "Remembered")) as Message
  const history = [question, { role: "assistant", ...marked }, { role: "user", content: "And now?" }]
  const again = await messageOf(await ask("test/plain", history))
  expect(again.annotations).toBeUndefined()
  const body = rig.plain.requests.at(-1)!.body
  expect(body).toContain("Remembered rose by 7 percent")
  expect(body).not.toContain("Revenue")
  expect(body).not.toContain(hash)
})

test("another file is", async () => {
  const other = {
    ...annotationOf("something else"),
    file: { ...annotationOf("something else").file, hash: "0".repeat(64) },
  }
  const history = [
    question,
    { role: "assistant", content: "x", annotations: [other] },
    { role: "user", content: "And?" },
  ]
  expect((await messageOf(await ask("test/plain", history))).annotations).toEqual([annotationOf(whole)])
})

test("an upstream that reads the file itself gets no annotations, and nothing is lost", async () => {
  const url = { type: "url_citation", url_citation: { url: "https://a.b", title: "t", start_index: 0, end_index: 1 } }
  const history = [
    question,
    { role: "assistant", content: "x", annotations: [url, annotationOf("kept")] },
    { role: "user", content: "And?" },
  ]
  for (const model of ["openai/gpt-4o-mini", "anthropic/claude-sonnet-4-5"]) {
    const response = await ask(model, history)
    expect(response.status).toBe(200)
    const losses = (await generationOf(gateway, response)).losses
    expect(losses.filter(({ path, reason }) => path.includes("annotations") && reason.includes("gateway"))).toEqual([])
  }
  const { body } = rig.openai.requests.at(-1)!
  expect(body).not.toContain(hash)
  expect(body).toContain("https://a.b")
  expect(body).toContain(dataUrl)
})

test("messages without files are carried untouched", async () => {
  const history = [
    { role: "user", content: "Hi" },
    { role: "assistant", content: "x", annotations: [] },
    { role: "user", content: "And?" },
  ]
  const response = await ask("openai/gpt-4o-mini", history)
  expect((await generationOf(gateway, response)).attempts.at(-1)!.lane).toBe("native")
})

test("other formats have no place for it", async () => {
  const response = await gateway.post("/v1/messages", {
    model: "test/plain",
    max_tokens: 50,
    messages: [
      {
        role: "user",
        content: [
          { type: "document", source: { type: "base64", media_type: "application/pdf", data: base64Of(report) } },
          { type: "text", text: "Sum" },
        ],
      },
    ],
  })
  expect(response.status).toBe(200)
  expect(await response.text()).not.toContain(hash)
})
