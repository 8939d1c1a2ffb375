import { afterAll, beforeEach, describe, expect, test } from "bun:test"
import type { JsonObject } from "../../src/contract/index.ts"
import { report, startFiles } from "../kit/files.ts"
import { base64Of } from "../kit/pdf.ts"
import { errorOf } from "../kit/upstreams.ts"

const rig = await startFiles()
afterAll(() => rig.stop())
beforeEach(() => {
  rig.asked.length = 0
})

const { gateway } = rig
const base64 = base64Of(report)
const dataUrl = `data:application/pdf;base64,${base64}`

interface Form {
  readonly path: (model: string) => string
  readonly body: (model: string, part: JsonObject) => JsonObject
}

const chat: Form = {
  path: () => "/v1/chat/completions",
  body: (model, part) => ({
    model,
    messages: [{ role: "user", content: [{ type: "text", text: "Sum it up" }, part] }],
  }),
}
const messages: Form = {
  path: () => "/v1/messages",
  body: (model, part) => ({
    model,
    max_tokens: 100,
    messages: [{ role: "user", content: [{ type: "text", text: "Sum it up" }, part] }],
  }),
}
const responses: Form = {
  path: () => "/v1/responses",
  body: (model, part) => ({
    model,
    input: [{ role: "user", content: [{ type: "input_text", text: "Sum it up" }, part] }],
  }),
}
const gemini: Form = {
  path: (model) => `/v1beta/models/${model}:generateContent`,
  body: (_model, part) => ({ contents: [{ role: "user", parts: [{ text: "Sum it up" }, part] }] }),
}

const url = rig.url("/report.pdf")
const file = (file_data: string) => ({ type: "file", file: { filename: "report.pdf", file_data } })

/** Every way in which a client can send a PDF, and whether it is by address. */
const forms: readonly (readonly [string, Form, JsonObject, "url" | "bytes"])[] = [
  ["chat, file, data URL", chat, file(dataUrl), "bytes"],
  ["chat, file, URL", chat, file(url), "url"],
  ["chat, file, URL without a name", chat, { type: "file", file: { file_data: rig.url("/untold") } }, "url"],
  ["chat, input_file, data URL", chat, { type: "input_file", filename: "report.pdf", file_data: dataUrl }, "bytes"],
  ["chat, input_file, URL", chat, { type: "input_file", filename: "unnamed.pdf", file_data: url }, "url"],
  [
    "chat, input_file, base64",
    chat,
    { type: "input_file", filename: "r", mime_type: "application/pdf", file_data: base64 },
    "bytes",
  ],
  ["chat, input_file, nested", chat, { type: "input_file", input_file: { filename: "r.pdf", file_data: url } }, "url"],
  [
    "messages, base64",
    messages,
    { type: "document", source: { type: "base64", media_type: "application/pdf", data: base64 } },
    "bytes",
  ],
  ["messages, URL", messages, { type: "document", source: { type: "url", url } }, "url"],
  ["responses, file_data", responses, { type: "input_file", filename: "report.pdf", file_data: dataUrl }, "bytes"],
  ["responses, file_url", responses, { type: "input_file", file_url: url }, "url"],
  ["gemini, inlineData", gemini, { inlineData: { mimeType: "application/pdf", data: base64 } }, "bytes"],
  ["gemini, fileData", gemini, { fileData: { mimeType: "application/pdf", fileUri: url } }, "url"],
]

const sent = {
  openai: () => rig.openai.requests.at(-1)!.body,
  plain: () => rig.plain.requests.at(-1)!.body,
  anthropic: () => JSON.stringify(rig.anthropic.requests.at(-1)!.body),
  google: () => JSON.stringify(rig.google.requests.at(-1)!.body),
}

const ask = async ({ path, body }: Form, model: string, part: JsonObject, more: JsonObject = {}) =>
  gateway.post(path(model), { ...body(model, part), ...more })

describe.each(forms)("%s", (_name, form, part, kind) => {
  test("goes to OpenAI as PDF", async () => {
    const response = await ask(form, "openai/gpt-4o-mini", part)
    // The fake speaks chat completions alone; what it was sent tells all the same.
    if (form !== responses) expect([response.status, await response.text()]).toEqual([200, expect.any(String)])
    // By address in the Responses format alone.
    expect(sent.openai()).toContain(form === responses && kind === "url" ? `"file_url":"${url}"` : dataUrl)
  })

  test("goes to Anthropic as a document", async () => {
    const response = await ask(form, "anthropic/claude-sonnet-4-5", part)
    expect([response.status, await response.text()]).toEqual([200, expect.any(String)])
    const body = sent.anthropic()
    expect(body).toContain('"type":"document"')
    if (kind === "bytes" || rig.asked.includes("/untold")) expect(body).toContain(base64)
    else expect([body.includes(url), rig.asked]).toEqual([true, []])
  })

  test("goes to Gemini as bytes", async () => {
    const response = await ask(form, "google/gemini-3-pro", part)
    expect([response.status, await response.text()]).toEqual([200, expect.any(String)])
    expect(sent.google()).toContain(`"inlineData":{"mimeType":"application/pdf","data":"${base64}"`)
    expect(response.headers.get("x-signalbox-losses") ?? "").toMatch(kind === "url" ? /approximated=/ : /^$/)
  })

  test("goes as text to who reads nothing else", async () => {
    const response = await ask(form, "test/plain", part)
    expect([response.status, await response.text()]).toEqual([200, expect.any(String)])
    const body = sent.plain()
    expect(body).toContain("[File: ")
    expect(body).toContain("--- Page 1 of 2 ---\\nRevenue rose by 7 percent")
    expect(body).toContain("Costs fell")
    expect(body).not.toContain(base64)
    expect(response.headers.get("x-signalbox-losses")).toContain("approximated=")
  })

  test.if(kind === "url")("an address inside the house is refused, whatever the upstream", async () => {
    const inside = JSON.parse(JSON.stringify(part).replaceAll(rig.url("/"), "http://10.0.0.1/")) as JsonObject
    const before = rig.plain.count
    const response = await ask(form, "test/plain", inside)
    expect(response.status).toBe(400)
    expect(await response.text()).toContain("not public")
    expect(rig.plain.count).toBe(before)
  })
})

describe("what is refused is named in the words of whoever asked", () => {
  const gone = rig.url("/gone.pdf")
  test.each<readonly [string, Form, JsonObject, string]>([
    ["chat", chat, { type: "file", file: { filename: "r.pdf", file_data: gone } }, "messages[0].content[1]"],
    ["messages", messages, { type: "document", source: { type: "url", url: gone } }, "messages[0].content[1]"],
    ["responses", responses, { type: "input_file", file_url: gone }, "input[0].content[1]"],
    ["gemini", gemini, { fileData: { mimeType: "application/pdf", fileUri: gone } }, "contents[0].parts[1]"],
  ])("%s", async (_, form, part, param) => {
    const response = await ask(form, "test/plain", part)
    expect(response.status).toBe(400)
    expect(await response.text()).toContain(`"${param}"`)
  })
})

describe("addresses", () => {
  const ofFile = (path: string) => ask(chat, "test/plain", file(rig.url(path)))

  test("redirects are followed, but not into the house", async () => {
    expect((await ofFile("/moved.pdf")).status).toBe(200)
    const refused = await ofFile("/inside.pdf")
    expect(refused.status).toBe(400)
    expect(await errorOf(refused)).toMatchObject({ code: "invalid_request", param: "messages[0].content[1]" })
  })

  test("one that is not there, and a page where an image should be", async () => {
    expect((await errorOf(await ofFile("/gone.pdf"))).message).toContain("status 404")
    const page = { type: "image_url", image_url: { url: rig.url("/page") } }
    const refused = await ask(chat, "google/gemini-3-pro", page)
    expect(await errorOf(refused)).toMatchObject({
      code: "invalid_request",
      message: expect.stringContaining("no image"),
    })
  })

  test("a file of text is fetched, and told as text under its name", async () => {
    expect(
      (await ask(chat, "openai/gpt-4o-mini", { type: "file", file: { file_data: rig.url("/table.csv") } })).status,
    ).toBe(200)
    expect(sent.openai()).toContain("[File: table.csv]\\na,b\\n1,2")
  })

  test("the same address is fetched once, however often it is named and tried", async () => {
    const body = {
      model: "openai/gpt-4o-mini",
      models: ["test/plain"],
      messages: [{ role: "user", content: [file(url), file(url), { type: "text", text: "!error-overloaded" }] }],
    }
    await gateway.chat(body)
    expect(rig.asked).toEqual(["/report.pdf"])
  })

  test("in tool results, too", async () => {
    const response = await gateway.post("/v1/messages", {
      model: "test/plain",
      max_tokens: 100,
      messages: [
        { role: "user", content: "Read it" },
        { role: "assistant", content: [{ type: "tool_use", id: "t1", name: "read", input: {} }] },
        {
          role: "user",
          content: [
            {
              type: "tool_result",
              tool_use_id: "t1",
              content: [{ type: "document", source: { type: "url", url } }],
            },
          ],
        },
      ],
      tools: [{ name: "read", input_schema: { type: "object" } }],
    })
    expect(response.status).toBe(200)
    const { messages: said } = JSON.parse(sent.plain()) as { messages: { role: string; content: string }[] }
    expect(said.at(-1)).toMatchObject({ role: "tool", content: expect.stringContaining("Costs fell") })
  })

  test("strict mode refuses the change", async () => {
    const refused = await gateway.chat(chat.body("test/plain", file(dataUrl)), { "x-signalbox-strict": "true" })
    expect(await errorOf(refused)).toMatchObject({ code: "losses_refused", param: "messages[0].content[1]" })
  })
})

describe("limits", () => {
  test("of one file, and of all together", async () => {
    const small = await startFiles({ egress: { allow: ["127.0.0.0/8"], bytes: report.byteLength } })
    try {
      const many = Array.from({ length: 8 }, (_, index) =>
        file(small.url(index === 7 ? "/moved.pdf" : `/report.pdf?${index}`)),
      )
      const of = (content: readonly JsonObject[]) => ({ model: "test/plain", messages: [{ role: "user", content }] })
      const large = await small.gateway.chat(of([file(small.url("/large"))]))
      expect((await errorOf(large)).message).toContain(`larger than ${report.byteLength} bytes`)
      const all = await small.gateway.chat(of(many as unknown as JsonObject[]))
      expect(await errorOf(all)).toMatchObject({
        code: "invalid_request",
        message: expect.stringContaining("together"),
      })
      expect(small.plain.count).toBe(0)
    } finally {
      await small.stop()
    }
  })

  test("a broken document is the request's fault, and says where", async () => {
    const broken = `data:application/pdf;base64,${Buffer.from("%PDF-1.4 and nothing").toString("base64")}`
    const refused = await ask(chat, "test/plain", file(broken))
    expect(refused.status).toBe(400)
    expect(await errorOf(refused)).toMatchObject({
      param: "messages[0].content[1]",
      message: expect.stringContaining("report.pdf cannot be read as PDF"),
    })
  })
})

test("the file of configuration knows better which model reads PDF", async () => {
  const told = await startFiles()
  try {
    const provider = (id: string, url: string, pdf: boolean) => ({
      id,
      plugin: "openai-compatible",
      base_url: url,
      api_key: "k",
      models: [{ id: `test/${id}`, pdf }],
    })
    await told.gateway.configure({
      providers: [provider("able", told.plain.url, true), provider("unable", told.openai.url, false)],
    })
    const [able, unable] = ["test/able", "test/unable"].map((model) =>
      told.gateway.chat(chat.body(model, file(dataUrl))),
    )
    expect([(await able!).status, (await unable!).status]).toEqual([200, 200])
    expect(told.plain.requests.at(-1)!.body).toContain(dataUrl)
    expect(told.openai.requests.at(-1)!.body).toContain("Revenue rose")
  } finally {
    await told.stop()
  }
})

describe("the file-parser plugin", () => {
  const parser = (engine: string) => ({ plugins: [{ id: "file-parser", pdf: { engine } }] })

  test.each(["pdf-text", "cloudflare-ai"])("%s: text, whatever the upstream reads, and no loss", async (engine) => {
    const response = await ask(chat, "openai/gpt-4o-mini", file(dataUrl), parser(engine))
    expect(response.headers.get("x-signalbox-losses")).toBeNull()
    expect(sent.openai()).toContain("Revenue rose by 7 percent")
    expect(sent.openai()).not.toContain(base64)
  })

  test("for a format that has files of text, it is one", async () => {
    await ask(
      messages,
      "anthropic/claude-sonnet-4-5",
      { type: "document", title: "r.pdf", source: { type: "base64", media_type: "application/pdf", data: base64 } },
      parser("pdf-text"),
    )
    expect(sent.anthropic()).toContain('"source":{"type":"text","media_type":"text/plain","data":"--- Page 1 of 2')
    expect(sent.anthropic()).toContain('"title":"r.pdf"')
  })

  test("mistral-ocr: the text inside, with a loss", async () => {
    const response = await ask(chat, "openai/gpt-4o-mini", file(dataUrl), parser("mistral-ocr"))
    expect(response.headers.get("x-signalbox-losses")).toContain("approximated=messages[0].content[1]")
    expect(sent.openai()).toContain("Revenue")
  })

  test("native: as PDF, or refused", async () => {
    expect((await ask(chat, "openai/gpt-4o-mini", file(dataUrl), parser("native"))).status).toBe(200)
    expect(sent.openai()).toContain(dataUrl)
    const refused = await ask(chat, "test/plain", file(dataUrl), parser("native"))
    expect(refused.status).toBe(400)
    expect((await errorOf(refused)).message).toContain("does not read PDF")
    const other = await ask(chat, "test/plain", file(dataUrl), { ...parser("native"), models: ["openai/gpt-4o-mini"] })
    expect(other.status).toBe(200)
  })

  test("an engine that nobody knows", async () => {
    const refused = await ask(chat, "openai/gpt-4o-mini", file(dataUrl), parser("magic"))
    expect(await errorOf(refused)).toMatchObject({ param: "plugins[0].pdf.engine" })
  })
})
