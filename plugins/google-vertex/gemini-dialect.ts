import { elementsAt, gemini, memberOf, type ObjectSpan, objectAt, topLevel, valueText } from "signalbox/dialects"
import type { Dialect, JsonObject, NativeLane, Profile } from "signalbox/plugin"

/** Fields of AI Studio that Vertex AI answers with "Unknown name". Its tiers are a matter of headers and contracts. */
const foreign = ["serviceTier", "service_tier"]

/** Every turn names its role; AI Studio takes a single turn without one. */
const namesRoles = (text: string, body: ObjectSpan): boolean => {
  const contents = memberOf(body, "contents")
  const turns = contents && elementsAt(text, contents.valueStart)
  return (turns ?? []).every(({ start }) => memberOf(objectAt(text, start), "role") !== undefined)
}

/** Calls with ids are AI Studio's. A guess at keys: where it is wrong, translating loses nothing either. */
const numbersCalls = (contents: string): boolean =>
  /"function(?:_c|C)all"|"function(?:_r|R)esponse"/.test(contents) && /"id"\s*:/.test(contents)

const adapt = (native: NativeLane): NativeLane => ({
  request(text, target) {
    const patched = native.request(text, target)
    const body = patched === undefined ? undefined : topLevel(patched)
    if (patched === undefined || body === undefined) return undefined
    const contents = memberOf(body, "contents")
    const fits =
      foreign.every((name) => !memberOf(body, name)) &&
      namesRoles(patched, body) &&
      !(contents && numbersCalls(valueText(patched, contents)))
    return fits ? patched : undefined
  },
  reply: (text, patch, provider) => native.reply(text, patch, provider),
  stream: (patch, provider) => native.stream(patch, provider),
})

/** generateContent as Vertex AI speaks it. */
export const vertexGemini: Dialect = {
  ...gemini,
  encodeRequest(request, target): JsonObject {
    const body = { ...gemini.encodeRequest(request, target) }
    for (const name of foreign) {
      if (body[name] === undefined) continue
      delete body[name]
      target.lose({
        path: "service_tier",
        action: "dropped",
        code: "parameter_unsupported",
        reason: "Vertex AI has no such field",
      })
    }
    return body
  },
  ...(gemini.native ? { native: adapt(gemini.native) } : {}),
}

/** Vertex AI neither sends nor takes ids of function calls, nor does it tell of calls that it makes itself. */
export const vertexGeminiProfile = (profile: Profile): Profile => ({
  ...profile,
  callIds: false,
  serverSideCalls: false,
})
