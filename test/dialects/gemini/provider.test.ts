import { describe, expect, test } from "bun:test"
import { google } from "../../../plugins/google/provider.ts"
import { wireOf } from "../../kit/wire-client.ts"

const wire = (baseUrl?: string) =>
  wireOf(google.create({ id: "google", apiKey: "k", headers: {}, options: {}, ...(baseUrl ? { baseUrl } : {}) }))

describe("where the Gemini API is", () => {
  test("stream and whole, key in a header", () => {
    expect(wire().endpoint({ model: "gemini-3-flash", stream: true })).toEqual({
      url: "https://generativelanguage.googleapis.com/v1beta/models/gemini-3-flash:streamGenerateContent?alt=sse",
      headers: { accept: "text/event-stream", "content-type": "application/json", "x-goog-api-key": "k" },
    })
    expect(wire("http://h").endpoint({ model: "tunedModels/a", stream: false }).url).toBe(
      "http://h/v1beta/tunedModels/a:generateContent",
    )
    expect(wire("http://h/p/v1/").endpoint({ model: "models/a", stream: false }).url).toBe(
      "http://h/p/v1/models/a:generateContent",
    )
  })

  test("a model's name cannot leave its place in the path", () => {
    for (const model of ["../../admin?x=#", "models/../../admin", "..", "a/b"]) {
      const { pathname, search } = new URL(wire("http://h").endpoint({ model, stream: false }).url)
      expect(pathname).toMatch(/^\/v1beta\/models\/[^/]+:generateContent$/)
      expect(search).toBe("")
    }
  })

  test("without a key it says which to set", () => {
    expect(() => google.create({ id: "google", headers: {}, options: {} })).toThrow("set it or GEMINI_API_KEY")
  })
})

test("what is known of a model", () => {
  const { profile } = wire()
  expect(profile("gemini-2.5-pro")).toMatchObject({ thinking: "budget", thinkingMandatory: true })
  expect(profile("gemini-2.5-flash")).not.toHaveProperty("thinkingMandatory")
  expect(profile("gemini-4-pro")).toMatchObject({ thinking: "level", signedCalls: true, callIds: true })
  expect(profile("gemma-3-27b-it")).toMatchObject({ noSystem: true })
})
