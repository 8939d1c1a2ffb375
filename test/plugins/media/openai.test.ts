import { expect, test } from "bun:test"
import { openAi } from "../../../plugins/openai/provider.ts"
import { abilityCall, startMediaServer } from "../../kit/media.ts"

const settings = { id: "openai", apiKey: "k", headers: {}, options: { organization: "org" } }

test("each ability knows its models by their names", () => {
  const { images, speech, transcription } = openAi.create(settings).abilities ?? {}
  const models = ["gpt-image-1", "dall-e-3", "gpt-4o-mini-tts", "whisper-1", "gpt-4o-transcribe", "gpt-5"]
  expect(models.filter((model) => images?.serves?.(model))).toEqual(["gpt-image-1", "dall-e-3"])
  expect(models.filter((model) => speech?.serves?.(model))).toEqual(["gpt-4o-mini-tts"])
  expect(models.filter((model) => transcription?.serves?.(model))).toEqual(["whisper-1", "gpt-4o-transcribe"])
})

test("behind a host of one's own any name may be asked, with the account's headers", async () => {
  await using server = startMediaServer(() => new Response("x", { headers: { "content-type": "audio/mpeg" } }))
  const { speech } = openAi.create({ ...settings, baseUrl: `${server.url}/v1` }).abilities ?? {}
  expect(speech?.serves).toBeUndefined()
  const { call, lost } = abilityCall("tts-1")
  await speech?.run({ model: "m", input: "Hi", format: "mp3", instructions: "slow" }, call)
  expect(server.requests[0]).toMatchObject({ path: "/v1/audio/speech", json: { model: "tts-1", voice: "alloy" } })
  expect(server.requests[0]?.headers.get("openai-organization")).toBe("org")
  expect(lost()).toEqual(["dropped instructions"])
})
