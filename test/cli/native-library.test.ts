import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { embeddedLibrary, placeLibrary } from "../../src/cli/native-library.ts"

const content = new TextEncoder().encode("a library")
const file = { name: "library-abc123.node", size: content.length }
const unpack = () => content
const mustNotRead = () => {
  throw new Error("read again")
}

let folder = ""
let path = ""
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "signalbox-library-"))
  path = join(folder, file.name)
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

describe("the native library", () => {
  test("is unpacked for its owner alone, and only once", () => {
    expect(placeLibrary(folder, file, unpack)).toBe(path)
    expect(readFileSync(path, "utf8")).toBe("a library")
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(placeLibrary(folder, file, mustNotRead)).toBe(path)
    expect(readdirSync(folder)).toEqual([file.name])
  })

  test.each([
    ["half of it", () => writeFileSync(path, "a lib", { mode: 0o600 })],
    [
      "one that others can write",
      () => {
        writeFileSync(path, "hostile!!", { mode: 0o600 })
        chmodSync(path, 0o666)
      },
    ],
    [
      "a link",
      () => {
        writeFileSync(join(folder, "elsewhere"), "hostile!!", { mode: 0o600 })
        symlinkSync(join(folder, "elsewhere"), path)
      },
    ],
  ])("replaces %s", (_, plant) => {
    plant()
    expect(placeLibrary(folder, file, unpack)).toBe(path)
    expect(readFileSync(path, "utf8")).toBe("a library")
  })

  test("that cannot be written is left to the runtime, and nothing stays behind", () => {
    expect(placeLibrary(join(folder, "none"), file, unpack)).toBeUndefined()
    expect(placeLibrary(folder, file, mustNotRead)).toBeUndefined()
    expect(readdirSync(folder)).toEqual([])
  })

  test("is none when run from source", () => {
    expect(embeddedLibrary()).toBeUndefined()
  })
})
