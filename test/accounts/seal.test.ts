import { afterAll, describe, expect, test } from "bun:test"
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createSeal } from "../../src/accounts/seal.ts"
import { GatewayError } from "../../src/contract/index.ts"

const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true })
})
const newFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), "signalbox-seal-"))
  folders.push(folder)
  return folder
}
const randomBytes = (count: number) => crypto.getRandomValues(new Uint8Array(count))
const sealOf = (dataDir: string, key?: string) => createSeal({ configured: () => key, dataDir, randomBytes })
const messageOf = async (work: Promise<unknown>) => {
  const thrown = await work.then(
    () => undefined,
    (error: unknown) => error,
  )
  expect(GatewayError.is(thrown)).toBe(true)
  return (thrown as GatewayError).message
}

describe("sealed texts", () => {
  test("come back as they were, for their purpose only", async () => {
    const seal = sealOf(newFolder())
    for (const text of ["", "sk-secret", "ünïcode 🙂", "x".repeat(10_000)]) {
      const sealed = await seal.seal(text, "a/1")
      if (text.length > 3) expect(sealed).not.toContain(text)
      expect(await seal.open(sealed, "a/1")).toBe(text)
      expect(await messageOf(seal.open(sealed, "a/2"))).toContain("damaged")
    }
  })

  test("the same text is never sealed twice alike", async () => {
    const seal = sealOf(newFolder())
    expect(await seal.seal("one", "p")).not.toBe(await seal.seal("one", "p"))
  })

  test("one changed character is noticed", async () => {
    const seal = sealOf(newFolder())
    const sealed = await seal.seal("sk-secret", "p")
    for (const at of [sealed.lastIndexOf(".") + 1, sealed.indexOf(".", 4) + 2]) {
      const other = sealed[at] === "A" ? "B" : "A"
      await messageOf(seal.open(sealed.slice(0, at) + other + sealed.slice(at + 1), "p"))
    }
    for (const broken of ["", "v1", "v2.a.b.c", "plain text"]) await messageOf(seal.open(broken, "p"))
  })
})

describe("the key", () => {
  test("lies beside the database, for its owner only, and is the same after a restart", async () => {
    const folder = newFolder()
    const sealed = await sealOf(folder).seal("sk-secret", "p")
    expect(readdirSync(folder)).toEqual(["seal.key"])
    expect(statSync(join(folder, "seal.key")).mode & 0o777).toBe(0o600)
    expect(await sealOf(folder).open(sealed, "p")).toBe("sk-secret")
  })

  test("is made once, however many need it at the same time", async () => {
    const folder = newFolder()
    const seals = Array.from({ length: 8 }, () => sealOf(folder))
    const sealed = await Promise.all(seals.map((seal) => seal.seal("one", "p")))
    for (const text of sealed) expect(await seals[0]!.open(text, "p")).toBe("one")
    expect(readdirSync(folder)).toEqual(["seal.key"])
  })

  test("of the configuration goes before the file's, and makes none", async () => {
    const folder = newFolder()
    const sealed = await sealOf(folder, "a-configured-seal-key").seal("one", "p")
    expect(readdirSync(folder)).toEqual([])
    expect(await sealOf(newFolder(), "a-configured-seal-key").open(sealed, "p")).toBe("one")
  })

  test("a wrong one is told as that", async () => {
    const sealed = await sealOf(newFolder(), "a-configured-seal-key").seal("one", "p")
    expect(await messageOf(sealOf(newFolder(), "another-configured-key").open(sealed, "p"))).toContain("another key")
    const other = sealOf(newFolder())
    await other.seal("two", "p")
    expect(await messageOf(other.open(sealed, "p"))).toContain("another key")
  })

  test("one that is missing is told when something is opened, and no other stands in its place", async () => {
    const folder = newFolder()
    const sealed = await sealOf(folder).seal("sk-secret", "p")
    const key = readFileSync(join(folder, "seal.key"), "utf8")
    rmSync(join(folder, "seal.key"))
    const seal = sealOf(folder)
    expect(await messageOf(seal.open(sealed, "p"))).toContain("seal.key is missing")
    expect(readdirSync(folder)).toEqual([])
    writeFileSync(join(folder, "seal.key"), key)
    expect(await seal.open(sealed, "p")).toBe("sk-secret")
  })

  test("a file that holds none is told, and not written over", async () => {
    const folder = newFolder()
    writeFileSync(join(folder, "seal.key"), "oops\n")
    expect(await messageOf(sealOf(folder).seal("one", "p"))).toContain("seal.key")
    expect(readFileSync(join(folder, "seal.key"), "utf8")).toBe("oops\n")
  })
})
