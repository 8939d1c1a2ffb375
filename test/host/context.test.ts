import { expect, test } from "bun:test"
import { definePlugin, type PluginContext, Type } from "../../src/contract/index.ts"
import { pluginsSection, testHost } from "./kit.ts"

async function contextOf(secrets: Record<string, string> = {}) {
  let seen: PluginContext | undefined
  const redacted: string[] = []
  const plugin = definePlugin({
    name: "curious",
    contract: 1,
    options: Type.Object({}),
    setup: (_, context) => {
      seen = context
      return {}
    },
  })
  const kit = await testHost([plugin], { redact: (secret) => redacted.push(secret) })
  await kit.host.start(pluginsSection({ use: [{ name: "curious", secrets }] }))
  return { kit, context: seen!, redacted }
}

test("secrets are those that the configuration names; what is read is redacted", async () => {
  const { context, redacted } = await contextOf({ token: "very-secret" })
  expect(context.secret("token")).toBe("very-secret")
  expect(redacted).toEqual(["very-secret"])
  expect(() => context.secret("PATH")).toThrow('the secret "PATH" is not set')
  expect(() => context.secret("toString")).toThrow("is not set")
})

test("log lines carry the plugin's name, which it cannot change", async () => {
  const { context, kit } = await contextOf()
  context.log.warn("hello", { plugin: "other", count: 1 })
  expect(kit.log.lines.at(-1)).toEqual({ level: "warn", message: "hello", fields: { plugin: "curious", count: 1 } })
})

test("storage keeps values until they expire", async () => {
  const { context, kit } = await contextOf()
  await context.storage.set("a", "1")
  await context.storage.set("b", "2", 1000)
  expect([await context.storage.get("a"), await context.storage.get("b")]).toEqual(["1", "2"])
  kit.time.advance(1000)
  expect([await context.storage.get("a"), await context.storage.get("b")]).toEqual(["1", undefined])
  await context.storage.delete("a")
  expect(await context.storage.get("a")).toBeUndefined()
})

test("what is registered for disposal too late is disposed at once", async () => {
  const { context, kit } = await contextOf()
  await kit.host.close()
  expect(context.signal.aborted).toBe(true)
  let closed = false
  context.onDispose(() => {
    closed = true
  })
  expect(closed).toBe(true)
})
