import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { chooseRuntimeDir, guessDataDir } from "../../src/cli/restart.ts"

let folder = ""
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "signalbox-restart-"))
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

describe("the data directory, told without parsing YAML", () => {
  test.each([
    ["the option", "data_dir: /x\n", ["serve", "--data-dir", "here"], "here"],
    ["the option with =", "", ["serve", "--data-dir=/there"], "/there"],
    ["the short option", "", ["serve", "-d", "here"], "here"],
    ["the file", "server: {}\ndata_dir: /var/lib/box  # remark\n", ["serve"], "/var/lib/box"],
    ["the file, in quotes", "data_dir: '/a b'\n", ["serve"], "/a b"],
    ["the file, relative to it", "data_dir: ../x\n", ["serve"], "../x"],
    ["a variable", "data_dir: ${BASE}/box\n", ["serve"], "/base/box"],
    ["a default", "data_dir: ${NONE:-/other}\n", ["serve"], "/other"],
    ["an unset variable", "data_dir: ${NONE}/box\n", ["serve"], "data"],
    ["nothing", "# data_dir: /x\n", ["serve"], "data"],
  ] as const)("%s", (_, yaml, words, expected) => {
    writeFileSync(join(folder, "signalbox.yaml"), yaml)
    const wanted = expected.startsWith("/") ? expected : join(folder, expected)
    expect(guessDataDir(words, { BASE: "/base" }, folder)).toBe(wanted)
  })

  test("a named file elsewhere", () => {
    mkdirSync(join(folder, "etc"))
    writeFileSync(join(folder, "etc/my.yaml"), "server: {}\n")
    expect(guessDataDir(["serve", "-c", "etc/my.yaml"], {}, folder)).toBe(join(folder, "etc/data"))
    expect(guessDataDir(["serve", "--config=none/my.yaml"], {}, folder)).toBe(join(folder, "none/data"))
  })
})

describe("where native libraries are unpacked", () => {
  test("the data directory, which is made for its owner alone", () => {
    const runtime = chooseRuntimeDir(join(folder, "data"), {})
    expect(runtime).toBe(join(folder, "data/runtime"))
    expect(statSync(runtime!).mode & 0o777).toBe(0o700)
  })

  test("the temporary folder when the data directory cannot be made", () => {
    writeFileSync(join(folder, "data"), "a file")
    const temporary = join(folder, "tmp")
    expect(chooseRuntimeDir(join(folder, "data"), { TMPDIR: temporary })).toBe(temporary)
    expect(existsSync(temporary)).toBe(true)
    chmodSync(temporary, 0o700)
  })
})
