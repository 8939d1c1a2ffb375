import { memberOf, messages, patchObject, topLevel } from "signalbox/dialects"
import type { Dialect, JsonObject, NativeLane, Profile } from "signalbox/plugin"

/** cloud.google.com, Claude on Vertex AI: the version is a field, and the model is part of the address. */
const version = "vertex-2023-10-16"

/**
 * What Vertex AI refuses and the translated lane leaves out, mends or names: sources by URL, strict tools, `output_config.format`.
 * Quotes inside of texts are escaped in JSON, so that only keys and whole values can look like this.
 */
const refused: readonly RegExp[] = [
  /"type"\s*:\s*"url"/,
  /"strict"\s*:\s*true/,
  /"output_format"\s*:/,
  /"format"\s*:\s*\{/,
]

const adapt = (native: NativeLane): NativeLane => ({
  request(text, target) {
    const patched = native.request(text, target)
    if (patched === undefined || refused.some((pattern) => pattern.test(patched))) return undefined
    const body = topLevel(patched)
    if (body === undefined) return undefined
    const changes = new Map<string, string | undefined>()
    if (memberOf(body, "model")) changes.set("model", undefined)
    if (!memberOf(body, "anthropic_version")) changes.set("anthropic_version", JSON.stringify(version))
    return patchObject(patched, body, changes)
  },
  reply: (text, patch, provider) => native.reply(text, patch, provider),
  stream: (patch, provider) => native.stream(patch, provider),
})

/** The Messages API as Vertex AI speaks it. */
export const vertexMessages: Dialect = {
  ...messages,
  encodeRequest(request, target): JsonObject {
    const { model: _, ...body } = messages.encodeRequest(request, target)
    return { anthropic_version: version, ...body }
  },
  ...(messages.native ? { native: adapt(messages.native) } : {}),
}

/** What Vertex AI lacks of a Claude model. */
export const vertexClaude = (profile: Profile): Profile => ({
  ...profile,
  mediaUrls: false,
  strictTools: false,
  nativeSchema: false,
})
