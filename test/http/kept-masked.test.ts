import { afterAll, expect, test } from "bun:test"
import { adminKey, inferenceKey } from "../kit/gateway.ts"
import { guardrailText, pluginFolder } from "../kit/plugin-folder.ts"
import { ask, startRig } from "../kit/upstreams.ts"

const plugins = pluginFolder({
  "secret-words.ts": guardrailText("secret-words", "/tuna|block-me/g", `action: "mask",`),
})
const rig = await startRig(["text"], {
  plugins: { dir: plugins.dir, use: [{ name: "secret-words" }] },
  bodies: { store: true },
})
afterAll(async () => {
  await rig.stop()
  plugins.remove()
})
const { gateway } = rig

interface Kept {
  readonly data: { readonly bodies: { readonly request: string; readonly changed: boolean } | null }
}

test("what a guardrail masked is kept as it went upstream", async () => {
  const response = await gateway.chat(ask("Two cans of tuna, please"))
  await response.text()
  const id = response.headers.get("x-generation-id")
  const { data } = (await (await gateway.get(`/admin/log/${id}`, adminKey)).json()) as Kept
  expect(data.bodies?.changed).toBe(true)
  expect(data.bodies?.request).toContain("Two cans of")
  expect(data.bodies?.request).not.toContain("tuna")
  expect((await gateway.get("/admin/log?guardrail=secret-words", adminKey)).status).toBe(200)
  const found = (await (await gateway.get("/admin/log?guardrail=secret-words", adminKey)).json()) as { data: unknown[] }
  expect(found.data).toHaveLength(1)
})

test("a member sees what its own keys asked, in the log, in sessions and in exports", async () => {
  const admin = async <T>(method: string, path: string, body?: unknown, key = adminKey): Promise<T> => {
    const response = await fetch(`${gateway.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return (await response.json()) as T
  }
  const { data: member } = await admin<{ data: { id: string } }>("POST", "/admin/members", {
    email: "ann@example.test",
  })
  const owner = { kind: "member", id: member.id }
  const own = await admin<{ key: string }>("POST", "/admin/keys", { name: "own", owner })
  const manager = await admin<{ key: string }>("POST", "/admin/keys", { name: "manager", kind: "management", owner })
  const asked = async (key: string) => {
    const response = await gateway.chat(ask("Hello"), { authorization: `Bearer ${key}` })
    await response.text()
    return response.headers.get("x-generation-id")!
  }
  const theirs = await asked(own.key)
  const others = await asked(inferenceKey)
  const seen = await admin<{ data: { id: string }[] }>("GET", "/admin/log", undefined, manager.key)
  expect(seen.data.map(({ id }) => id)).toEqual([theirs])
  // However they ask.
  for (const query of [`q=${others}`, "member=*", `id=${others},${theirs}`, "status=200", "feedback=*"]) {
    const { data } = await admin<{ data: { id: string }[] }>("GET", `/admin/log?${query}`, undefined, manager.key)
    expect(data.map(({ id }) => id).filter((id) => id !== theirs)).toEqual([])
  }
  const lines = await (await gateway.get("/admin/log?format=jsonl", manager.key)).text()
  expect([lines.includes(theirs), lines.includes(others)]).toEqual([true, false])
  const sessions = await admin<{ data: { requests: number }[] }>("GET", "/admin/sessions", undefined, manager.key)
  expect(sessions.data.map(({ requests }) => requests)).toEqual([1])
  const facets = await admin<{ requests: number }>("GET", "/admin/log/facets?field=model", undefined, manager.key)
  expect(facets.requests).toBe(1)
  expect((await gateway.get(`/admin/log/${theirs}`, manager.key)).status).toBe(200)
  expect((await gateway.get(`/admin/log/${others}`, manager.key)).status).toBe(404)
  expect((await gateway.get(`/api/v1/generation/content?id=${theirs}`, manager.key)).status).toBe(200)
  expect((await gateway.get(`/api/v1/generation/content?id=${others}`, manager.key)).status).toBe(404)
})
