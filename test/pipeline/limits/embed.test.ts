import { expect, test } from "bun:test"
import type { Principal } from "../../../src/accounts/principal.ts"
import { embedFor } from "../../../src/pipeline/embed.ts"
import type { Services } from "../../../src/pipeline/services.ts"
import { keyOf } from "../../kit/replaying.ts"

/** Nothing else of it may be asked for. */
const services = { now: () => 1000 } as unknown as Services
const call = { requestId: "r", model: "m", keyId: "key", signal: new AbortController().signal }
const embed = (key: Principal | undefined) => embedFor(services, () => key, "plugin", "mock/embed", ["text"], call)

test.each([
  ["is gone", undefined, "invalid_api_key"],
  ["is switched off", keyOf({ disabled: true }), "key_disabled"],
  ["has expired", keyOf({ expiresAtMs: 1000 }), "key_expired"],
] as const)("a plugin that works later for a key that %s is refused", async (_, key, code) => {
  await expect(embed(key)).rejects.toMatchObject({ code })
})
