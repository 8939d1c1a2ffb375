import { expect, test } from "bun:test"
import fc from "fast-check"
import { GatewayError } from "../../src/contract/index.ts"
import { inputItems, type KeptResponse } from "../../src/conversations/kept-response.ts"
import type { KeptResponses } from "../../src/conversations/kept-responses.ts"
import { mostKeptCharacters, prepare } from "../../src/conversations/prepare.ts"

const never = (): never => {
  throw new Error("nobody asked for this")
}

const keeping = (turns: readonly KeptResponse[]): KeptResponses => ({
  keep: never,
  remove: never,
  renew: never,
  sweep: never,
  flush: never,
  close: never,
  find: async (id, keyId) => turns.find((turn) => turn.id === id && turn.keyId === keyId),
  findByItem: async (itemId, keyId) => turns.find((turn) => turn.keyId === keyId && turn.response.includes(itemId)),
})

const rules = (turns: readonly KeptResponse[] = [], keeps = true) => ({
  kept: keeping(turns),
  keyId: "k1",
  keeps,
  mostCharacters: 1000,
})

const turn = (id: string, input: string, output: string, previousId?: string): KeptResponse => ({
  id,
  keyId: "k1",
  createdAt: 0,
  input,
  response: `{"id":"${id}","output":${output}}`,
  ...(previousId === undefined ? {} : { previousId }),
})

const chain = [
  turn(
    "resp_1",
    '[{"role":"user","content":"one"}]',
    '[{"type":"message","id":"msg_1","content":[]},{"type":"reasoning","id":"rs_1","encrypted_content":"x"}]',
  ),
  turn(
    "resp_2",
    '["two"]',
    '[{"type":"function_call","call_id":"c","id":"fc_1","arguments":"{\\"n\\":1.0}"}]',
    "resp_1",
  ),
]

const codeOf = async (work: () => unknown): Promise<unknown> => {
  try {
    await work()
    return "no error"
  } catch (thrown) {
    return GatewayError.is(thrown) ? `${thrown.code} ${thrown.param}` : thrown
  }
}

test("a body that names no state is not touched, and nobody has to wait", () => {
  fc.assert(
    fc.property(fc.json(), (value) => {
      const body = `{"model":"a/b","input":${value}}`
      const prepared = prepare(body, rules())
      expect(prepared).not.toBeInstanceOf(Promise)
      expect(prepared).toMatchObject({ body, echo: { store: true }, background: false })
    }),
    { seed: 7, numRuns: 200 },
  )
})

test("words of state inside of the content are content", async () => {
  const body = '{"model":"a/b","input":"say \\"store\\" and \\"previous_response_id\\"","metadata":{"store":"x"}}'
  expect(await prepare(body, rules())).toMatchObject({ body, echo: { store: true } })
})

test("the turns before stand in front, spelled as they were, without ids that mean nothing upstream", async () => {
  const body =
    '{"model":"a/b", "input":[{"role":"user","content":"three","big":12345678901234567890}], "previous_response_id":"resp_2","x":1.0}'
  const prepared = await prepare(body, rules(chain))
  expect(prepared.body).toBe(
    '{"model":"a/b", "input":[{"role":"user","content":"one"},{"type":"message","content":[]},{"type":"reasoning","id":"rs_1","encrypted_content":"x"},{"type":"message","role":"user","content":"two"},{"type":"function_call","call_id":"c","arguments":"{\\"n\\":1.0}"},{"role":"user","content":"three","big":12345678901234567890}],"x":1.0}',
  )
  expect(prepared.echo).toEqual({ store: true, previous_response_id: "resp_2" })
  // Only its own items are stored with the new turn.
  expect(prepared.turn).toMatchObject({ previousId: "resp_2", input: inputItems(body) })
})

test("a text goes on from a turn as what the user says", async () => {
  const prepared = await prepare('{"input":"Grüße\\n","previous_response_id":"resp_1"}', rules(chain))
  expect(JSON.parse(prepared.body).input.at(-1)).toEqual({ type: "message", role: "user", content: "Grüße\n" })
})

test("references become the items that they name, and are stored as these", async () => {
  const prepared = await prepare(
    '{"input":[{"type":"item_reference","id":"rs_1"},{"role":"user","content":"go on"}]}',
    rules(chain),
  )
  const items = [
    { type: "reasoning", id: "rs_1", encrypted_content: "x" },
    { role: "user", content: "go on" },
  ]
  expect(JSON.parse(prepared.body)).toEqual({ input: items })
  expect(JSON.parse(prepared.turn!.input)).toEqual(items)
})

test("what is not there, or not complete, is refused with its place", async () => {
  const running = { ...turn("resp_3", "[]", "[]"), aliveUntil: 9 }
  const broken = turn("resp_4", "[]", "[]", "resp_gone")
  const all = rules([...chain, running, broken])
  for (const [body, code] of [
    ['{"input":"x","previous_response_id":"resp_9"}', "previous_response_not_found previous_response_id"],
    ['{"input":"x","previous_response_id":"resp_4"}', "previous_response_not_found previous_response_id"],
    ['{"input":"x","previous_response_id":"resp_3"}', "invalid_request previous_response_id"],
    ['{"input":"x","previous_response_id":""}', "invalid_request previous_response_id"],
    ['{"input":["a",{"type":"item_reference","id":"msg_9"}]}', "invalid_request input[1].id"],
    ['{"input":"x","conversation":{"id":"conv_1"}}', "invalid_request conversation"],
    ['{"input":"x","store":1}', "invalid_request store"],
    ['{"input":"x","background":true,"store":false}', "invalid_request background"],
  ] as const)
    expect(await codeOf(() => prepare(body, all))).toBe(code)
})

test("with no retention nothing is kept, and what needs it says so", async () => {
  const none = rules(chain, false)
  const plain = await prepare('{"input":"x"}', none)
  expect(plain).toMatchObject({ echo: { store: false }, losses: [] })
  expect(plain.turn).toBeUndefined()
  const asked = await prepare('{"input":"x","store":true}', none)
  expect(asked.echo).toEqual({ store: false })
  expect(asked.losses).toMatchObject([{ path: "store", action: "dropped", code: "state_unsupported" }])
  expect(await codeOf(() => prepare('{"input":"x","background":true}', none))).toBe("invalid_request background")
  expect(await codeOf(() => prepare('{"input":"x","previous_response_id":"resp_1"}', none))).toBe(
    "previous_response_not_found previous_response_id",
  )
})

test("an input that is too large is answered and not kept", async () => {
  const large = `{"input":"${"x".repeat(mostKeptCharacters)}"}`
  expect((await prepare(large, rules())).turn).toBeUndefined()
  const asked = await prepare(large.replace("}", ',"store":true}'), rules())
  expect(asked.losses).toMatchObject([{ path: "store", code: "state_unsupported" }])
})

test("a conversation that no body could hold is refused, not loaded", async () => {
  const long = turn("resp_long", `["${"x".repeat(900)}"]`, "[]", "resp_2")
  expect(await codeOf(() => prepare('{"input":"x","previous_response_id":"resp_long"}', rules([...chain, long])))).toBe(
    "payload_too_large previous_response_id",
  )
})

test("null is how clients leave a field out", async () => {
  const prepared = await prepare(
    '{"input":"x","previous_response_id":null,"conversation":null,"store":null,"background":null}',
    rules(),
  )
  expect(JSON.parse(prepared.body)).toEqual({ input: "x", conversation: null, store: null })
  expect(prepared).toMatchObject({ echo: { store: true }, background: false })
})
