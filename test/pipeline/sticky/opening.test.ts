import { expect, test } from "bun:test"
import { openingOf } from "../../../src/pipeline/sticky/opening.ts"

const of = (body: object) => openingOf(JSON.stringify(body), {})

const said = (role: string, content: string) => ({ role, content })

test.each<readonly [string, object, object]>([
  [
    "chat completions",
    {
      model: "m",
      messages: [said("system", "Be kind."), said("user", "Hi"), said("assistant", "Hello"), said("user", "More")],
    },
    { messages: [said("system", "Be kind."), said("user", "Hi")], temperature: 1 },
  ],
  [
    "messages",
    { system: "Be kind.", messages: [said("user", "Hi"), said("assistant", "Hello"), said("user", "More")] },
    { max_tokens: 7, messages: [said("user", "Hi")], system: "Be kind." },
  ],
  [
    "responses",
    { instructions: "Be kind.", input: [said("user", "Hi"), said("assistant", "Hello")] },
    { instructions: "Be kind.", input: [said("user", "Hi")], stream: true },
  ],
  [
    "responses, one text",
    { instructions: "Be kind.", input: "Hi" },
    { input: "Hi", instructions: "Be kind.", store: false },
  ],
  [
    "gemini",
    {
      systemInstruction: { parts: [{ text: "Be kind." }] },
      contents: [
        { role: "user", parts: [{ text: "Hi" }] },
        { role: "model", parts: [{ text: "Hello" }] },
      ],
    },
    { contents: [{ role: "user", parts: [{ text: "Hi" }] }], systemInstruction: { parts: [{ text: "Be kind." }] } },
  ],
  [
    "a breakpoint of the prompt cache that moves on",
    { messages: [{ role: "user", content: [{ type: "text", text: "Hi", cache_control: { type: "ephemeral" } }] }] },
    { messages: [{ role: "user", content: [{ type: "text", text: "Hi" }] }, said("assistant", "Hello")] },
  ],
])("%s: a later turn begins as the first one did", (_, one, other) => {
  expect(of(one)).toBeString()
  expect(of(one)).toBe(of(other)!)
})

test("another beginning is another conversation", () => {
  const openings = [
    { messages: [said("system", "Be kind."), said("user", "Hi")] },
    { messages: [said("system", "Be brief."), said("user", "Hi")] },
    { messages: [said("system", "Be kind."), said("user", "Hello")] },
    { messages: [said("user", "Hi")] },
    { system: "Be kind.", messages: [said("user", "Hi")] },
    { input: "Hi" },
    { contents: [{ role: "user", parts: [{ text: "Hi" }] }] },
  ].map(of)
  expect(new Set(openings).size).toBe(openings.length)
})

const long = "All is well, and nothing moves. ".repeat(2000)
const parts = (text: string, mark?: object) => [
  { type: "text", text: "First,", ...mark },
  { type: "text", text },
]
const marked = { cache_control: { type: "ephemeral" } }

test("of a long first turn its beginning tells, of long instructions both ends", () => {
  const one = of({ messages: [said("system", `${long}A`), said("user", `Hi ${long}`)] })!
  expect(one.length).toBeLessThan(10_000)
  expect(of({ messages: [said("system", `${long}A`), said("user", `Hi ${long}`), said("assistant", "x")] })).toBe(one)
  expect(of({ messages: [said("system", `${long}B`), said("user", `Hi ${long}`)] })).not.toBe(one)
  expect(of({ messages: [said("system", `${long}A`), said("user", `Hello ${long}`)] })).not.toBe(one)
  expect(of({ messages: [{ content: `Hi ${long}`, role: "user" }] })).not.toBe(
    of({ messages: [{ content: `Hello ${long}`, role: "user" }] }),
  )
})

test("a breakpoint in a long first turn may move on as well", () => {
  const turn = (mark?: object) => ({ messages: [{ role: "user", content: parts(long, mark) }] })
  expect(of(turn(marked))).toBe(of(turn())!)
})

test("further instructions in front do not hide the first turn", () => {
  const body = (last: string) => ({ messages: [said("developer", "A"), said("system", "B"), said("user", last)] })
  expect(of(body("one"))).not.toBe(of(body("two")))
})

test.each([{}, { messages: [] }, { messages: "Hi" }, { prompt: "Once upon" }, { messages: [said("system", "alone")] }])(
  "%j begins no conversation that could be known",
  (body) => {
    const opening = of(body)
    if ("messages" in body && body.messages === "Hi") expect(opening).toBeString()
    else expect(opening).toBeUndefined()
  },
)
