import { afterAll, describe, expect, test } from "bun:test"
import plugins from "../../plugins/index.ts"
import { chatCompletionsActor } from "../kit/clients/chat-completions.ts"
import { messagesActor } from "../kit/clients/messages.ts"
import { cloudFamilies } from "../kit/families/clouds.ts"
import { formatFamilies } from "../kit/families/formats.ts"
import { startFamilies } from "../kit/families/rig.ts"
import { upstreamCases } from "./upstreams/cases.ts"

/** Every provider plugin that talks, before a fake that refuses what the real upstream refuses, asked by clients of two formats. */
const rig = await startFamilies([...(await formatFamilies()), ...(await cloudFamilies())])
afterAll(() => rig.stop())

const skipped: string[] = []

for (const family of rig.families)
  for (const client of [chatCompletionsActor, messagesActor])
    describe(`${family.name}, asked by ${client.name}`, () => {
      for (const { name, scenario, run } of upstreamCases) {
        const words = family.words[scenario]
        if (typeof words === "string") test(name, () => run({ gateway: rig.gateway, family, client }))
        else {
          skipped.push(`${family.name}: ${scenario}: ${words.skip}`)
          test.skip(`${name} (${words.skip})`, () => {})
        }
      }
    })

test("each scenario that is left out has its reason, and no more are left out than these", () => {
  expect(skipped.filter((reason) => !/: \w.{15,}$/.test(reason))).toEqual([])
  // Half of them are the route of OpenAI's shape at Bedrock, whose fake says one thing; its format is the first family.
  expect(new Set(skipped).size).toBe(36)
})

test("no plugin that talks is missing", () => {
  const silent = ["black-forest-labs", "deepgram", "elevenlabs", "fal", "replicate", "stability", "web-search"]
  const memories = ["response-cache", "semantic-cache"]
  const orders = ["routing"]
  const readers = ["content-filters"]
  const notifiers = ["slack", "teams", "webhook"]
  // It answers by itself, without an upstream; the suite's direct cases ask it.
  const direct = ["mock"]
  const asked = new Set(
    rig.families.flatMap(({ providers }) => providers.map(({ plugin, id }) => String(plugin ?? id))),
  )
  asked.delete("openrouter")
  const named = [...asked].map((name) => (name === "amazon-bedrock" ? "bedrock" : name))
  expect(plugins.map(({ name }) => name).toSorted()).toEqual(
    [...named, ...silent, ...memories, ...orders, ...readers, ...notifiers, ...direct].toSorted(),
  )
})
