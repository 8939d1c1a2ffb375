import { afterAll, expect, test } from "bun:test"
import { pluginStorage } from "../../src/store/plugin-storage.ts"
import { fixedClock, newFolder, openTestStore, removeFolders } from "./support.ts"

afterAll(removeFolders)

test("what a plugin keeps is its own, survives a restart and ends with its time", async () => {
  const dataDir = newFolder()
  const clock = fixedClock()
  const store = await openTestStore(dataDir, { clock })
  const mine = pluginStorage(store, "mine", clock)
  await mine.set("a", '{"n":1}')
  await mine.set("a", '{"n":2}')
  await mine.set("brief", "x", 1_000)
  expect(await mine.get("brief")).toBe("x")
  expect(await pluginStorage(store, "other", clock).get("a")).toBeUndefined()
  await store.close()
  const again = await openTestStore(dataDir, { clock })
  const reopened = pluginStorage(again, "mine", clock)
  expect(await reopened.get("a")).toBe('{"n":2}')
  clock.time += 1_000
  expect(await reopened.get("brief")).toBeUndefined()
  await reopened.delete("a")
  expect(await reopened.get("a")).toBeUndefined()
  await again.close()
})
