import { afterAll, expect, test } from "bun:test"
import { join } from "node:path"
import { newFolder, openTestStore, removeFolders, storedEntries, storedTotals, usageTotals } from "./support.ts"

afterAll(removeFolders)

/** Lets the child write until it has reported so many rows, kills it without warning, and gives all that it had reported. */
const killUnderLoad = async (dataDir: string, durability: string): Promise<string[]> => {
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "kill-child.ts"), dataDir, durability], {
    stdout: "pipe",
    stderr: "inherit",
  })
  let text = ""
  const decoder = new TextDecoder()
  for await (const chunk of child.stdout) {
    text += decoder.decode(chunk, { stream: true })
    if (text.length > 20_000) child.kill("SIGKILL")
  }
  await child.exited
  expect(child.signalCode).toBe("SIGKILL")
  // The kill may have cut the last line.
  return text.split("\n").slice(0, -1)
}

test.each(["strict", "relaxed"])("kill -9 under load loses no row that was acknowledged (%s)", async (durability) => {
  const dataDir = newFolder()
  const acknowledged = await killUnderLoad(dataDir, durability)
  expect(acknowledged.length).toBeGreaterThan(1_000)
  const store = await openTestStore(dataDir)
  const rows = await storedEntries(store)
  const stored = new Set(rows.map(({ generation }) => generation.id))
  expect(acknowledged.filter((id) => !stored.has(id))).toEqual([])
  expect(stored.size).toBe(rows.length)
  expect(await storedTotals(store)).toEqual({ "key-1": 3 * rows.length })
  expect(await usageTotals(store.writer.usage)).toEqual({ requests: rows.length, costNano: 3 * rows.length })
  await store.close()
})
