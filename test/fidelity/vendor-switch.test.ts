import { afterAll, describe, expect, test } from "bun:test"
import { clients, hear } from "../kit/clients/all.ts"
import { type Family, modelOf, wordsFor } from "../kit/families/family.ts"
import { formatFamilies } from "../kit/families/formats.ts"
import { startFamilies } from "../kit/families/rig.ts"
import { generationOf } from "../kit/upstreams.ts"
import { toolResult, tools } from "./features.ts"

/** A conversation that begins at one vendor and goes on at another, as after a fallback or a change of the model. */
const rig = await startFamilies(await formatFamilies())
const { gateway, families } = rig
afterAll(() => rig.stop())

const thought = "The user wants the weather."
const scenario = "thinking tool"
const named = (name: string): Family => families.find((family) => family.name === name)!
/** Those that sign or encrypt what they thought. */
const signing = ["responses", "messages", "gemini"].map(named)

for (const client of clients)
  describe(`${client.name} clients`, () => {
    for (const from of signing)
      for (const to of families.filter((family) => family !== from))
        for (const stream of [false, true])
          test(`${from.name} → ${to.name}${stream ? ", streamed" : ""}: foreign reasoning stays away, and that is told`, async () => {
            const ask = { tools, effort: "low", stream } as const
            const first = await hear(gateway, client, {
              ...ask,
              model: modelOf(from, scenario),
              text: wordsFor(from, scenario),
            })
            expect(first.said?.calls.length).toBe(1)
            const model = modelOf(to, "plain")
            const second = await hear(gateway, client, {
              ...ask,
              model,
              text: wordsFor(to, "plain"),
              turns: [{ said: first.said!, result: toolResult }],
            })
            expect([second.status, second.refusal, second.said?.error]).toEqual([200, undefined, undefined])
            const sent = JSON.stringify(to.bodies(model).at(-1))
            expect(sent).toContain(toolResult)
            expect(sent).not.toContain(from.state!)
            expect(sent).not.toContain("sbx1.")
            expect(sent).not.toContain(thought)
            const { losses } = (await generationOf(gateway, new Response(null, { headers: second.headers }))) as {
              readonly losses: readonly { readonly code?: string }[]
            }
            expect(losses.map(({ code }) => code)).toContain("foreign_reasoning")
          })
  })
