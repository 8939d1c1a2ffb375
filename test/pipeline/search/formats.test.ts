import { afterAll, beforeEach, describe, expect, test } from "bun:test"
import type { JsonObject } from "../../../src/contract/index.ts"
import { events } from "../../kit/gateway.ts"
import { generationOf } from "../../kit/upstreams.ts"
import { finding, pages, searchText, startSearchRig, takeQueries } from "../../kit/web-search.ts"

const rig = await startSearchRig({ "finder.ts": searchText("finder", finding()) })
const bare = await startSearchRig()
afterAll(async () => {
  await rig.stop()
  await bare.stop()
})
beforeEach(() => void takeQueries())

const user = (content: string) => [{ role: "user", content }]
const faces = ["/v1", "/api/v1"] as const
const search = [{ type: "web_search" }]

/** What each client's format says of the pages: an answer, whole or from the events of a stream. */
interface Format {
  readonly name: string
  path(face: string, model: string, stream: boolean): string
  body(model: string, text: string, stream: boolean): JsonObject
  /** Addresses that are cited. */
  cited(texts: readonly string[]): readonly string[]
}

const urlsIn = (texts: readonly string[], pattern: RegExp) => [
  ...new Set(texts.flatMap((text) => [...text.matchAll(pattern)].map(([, url]) => url!))),
]

const formats: readonly Format[] = [
  {
    name: "chat completions",
    path: (face) => `${face}/chat/completions`,
    body: (model, text, stream) => ({ model, messages: user(text), tools: search, stream }),
    cited: (texts) => urlsIn(texts, /"url_citation":\{"url":"([^"]+)"/g),
  },
  {
    name: "responses",
    path: (face) => `${face}/responses`,
    body: (model, text, stream) => ({ model, input: text, tools: search, stream, store: false }),
    cited: (texts) => urlsIn(texts, /"type":"url_citation"[^}]*?"url":"([^"]+)"/g),
  },
  {
    name: "messages",
    path: (face) => `${face}/messages`,
    body: (model, text, stream) => ({
      model,
      max_tokens: 500,
      messages: user(text),
      tools: [{ type: "web_search_20250305", name: "web_search" }],
      stream,
    }),
    cited: (texts) => urlsIn(texts, /"type":"web_search_result_location"[^}]*?"url":"([^"]+)"/g),
  },
  {
    name: "gemini",
    path: (_face, model, stream) =>
      `/v1beta/models/${model}:${stream ? "streamGenerateContent?alt=sse" : "generateContent"}`,
    body: (_model, text) => ({ contents: [{ role: "user", parts: [{ text }] }], tools: [{ googleSearch: {} }] }),
    cited: (texts) => urlsIn(texts, /"web":\{"uri":"([^"]+)"/g),
  },
]

const natives = ["anthropic/claude-sonnet-4-5", "google/gemini-3-pro"]

for (const format of formats) {
  describe(format.name, () => {
    for (const face of format.name === "gemini" ? [""] : faces)
      for (const stream of [false, true]) {
        const ask = async (on: typeof rig, model: string, text: string) => {
          const response = await on.gateway.post(format.path(face, model, stream), format.body(model, text, stream))
          const losses = response.headers.get("x-signalbox-losses")
          const texts = stream ? await events(response) : [await response.text()]
          return { response, losses, texts }
        }
        const where = `${face} ${stream ? "streamed" : "whole"}`

        test.each(natives)(`%s searches itself (${where})`, async (model) => {
          for (const on of [rig, bare]) {
            const { response, losses, texts } = await ask(on, model, "web search for the moon")
            expect(response.status).toBe(200)
            expect(losses).toBeNull()
            expect(format.cited(texts)).toEqual(["https://example.com/moon"])
          }
          expect(takeQueries()).toEqual([])
        })

        test(`the gateway searches for an upstream that cannot (${where})`, async () => {
          const { response, losses, texts } = await ask(rig, "plain/model", "when is full moon?")
          expect(response.status).toBe(200)
          expect(losses).toStartWith("1; approximated=tools")
          expect(format.cited(texts)).toEqual(pages.map(({ url }) => url))
          expect(takeQueries()).toEqual([{ query: "when is full moon?", maxResults: 5 }])
          const sent = JSON.stringify(await rig.lastPlain())
          expect(sent).toContain("The moon is full on Friday.")
          expect(sent).not.toContain('"tools"')
          expect(await generationOf(rig.gateway, response)).toMatchObject({
            losses: [{ code: "search_replaced" }],
            attempts: [{ lane: "translated", outcome: "ok" }],
          })
        })

        test(`nobody can: it is refused (${where})`, async () => {
          const { response, texts } = await ask(bare, "plain/model", "when is full moon?")
          expect(response.status).toBe(400)
          if (!stream) expect(texts.join()).toContain("searches the web")
        })
      }
  })
}

for (const face of faces)
  for (const stream of [false, true]) {
    const where = `${face} ${stream ? "streamed" : "whole"}`
    const chat = async (body: JsonObject, on = rig) => {
      const response = await on.gateway.post(`${face}/chat/completions`, { stream, ...body })
      const texts = stream ? await events(response.clone()) : [await response.clone().text()]
      return { response, text: texts.join("\n") }
    }

    test(`the citations of a mention have its place (${where})`, async () => {
      // The echo repeats the results that it was shown.
      const { text } = await chat({ model: "mock/echo", messages: user("moon?"), tools: search })
      const content = stream
        ? [...text.matchAll(/"content":("(?:[^"\\]|\\.)*")\}/g)].map(([, part]) => JSON.parse(part!) as string).join("")
        : (JSON.parse(text) as { choices: { message: { content: string } }[] }).choices[0]!.message.content
      const places = [...text.matchAll(/"start_index":(\d+),"end_index":(\d+)/g)]
      expect(places.map(([, start, end]) => content.slice(Number(start), Number(end)))).toEqual(
        pages.map(({ url }) => url),
      )
    })

    test(`Requesty's clients find the pages in web_search (${where})`, async () => {
      const { text } = await chat({ model: "plain/model", messages: user("moon?"), tools: search })
      expect(text.includes('"web_search":{"content":[{"url":')).toBe(face === "/v1")
    })

    test(`:online is the web plugin, stripped from the name (${where})`, async () => {
      const { response, text } = await chat({ model: "plain/model:online", messages: user("moon?") })
      expect(response.status).toBe(200)
      // The gateway was asked, and did it.
      expect(response.headers.get("x-signalbox-losses")).toBeNull()
      expect(text).toContain('"model":"plain/model"')
      expect(takeQueries()).toHaveLength(1)
      const refused = await bare.gateway.post(`${face}/chat/completions`, {
        model: "plain/model:online",
        messages: user("moon?"),
        stream,
      })
      expect(refused.status).toBe(400)
    })

    test(`the search is counted and paid (${where})`, async () => {
      const { response } = await chat({ model: "plain/model:online", messages: user("moon?") })
      const { total_cost: cost } = await generationOf(rig.gateway, response)
      expect(cost).toBeGreaterThan(0.25)
      expect(cost).toBeLessThan(0.26)
    })
  }
