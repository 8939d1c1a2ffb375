import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { commands } from "../../src/cli/commands.ts"
import { type CliHarness, cliHarness } from "../kit/cli.ts"

let cli: CliHarness
beforeEach(() => {
  cli = cliHarness()
})
afterEach(() => cli.remove())

describe("help", () => {
  test("lists every command", async () => {
    const { code, out, error } = await cli.run("help")
    expect([code, error]).toEqual([0, ""])
    for (const { name, summary } of commands) expect(out).toMatch(new RegExp(`^  ${name} +${summary}$`, "m"))
  })

  test.each([["--help"], ["-h"]])("%s is the same", async (word) => {
    expect((await cli.run(word)).out).toBe((await cli.run("help")).out)
  })

  test.each(commands.map((command) => [command.name, command] as const))(
    "of %s names every option",
    async (name, command) => {
      const { code, out } = await cli.run("help", ...name.split(" "))
      expect(code).toBe(0)
      expect(out).toContain(`Usage: signalbox ${name} ${command.words}`)
      for (const option of Object.keys(command.options)) expect(out).toContain(`--${option}`)
      expect((await cli.run(...name.split(" "), "--help")).out).toBe(out)
    },
  )

  test("of a group shows all of it", async () => {
    const { out } = await cli.run("help", "keys")
    for (const verb of ["create", "list", "disable"]) expect(out).toContain(`Usage: signalbox keys ${verb}`)
  })

  test("lines fit a terminal", async () => {
    const texts = [
      await cli.run("help"),
      ...(await Promise.all(commands.map(({ name }) => cli.run("help", ...name.split(" "))))),
    ]
    const long = texts.flatMap(({ out }) => out.split("\n")).filter((line) => line.length > 130)
    expect(long).toEqual([])
  })
})

describe("wrong usage ends with 2, says what is wrong and prints nothing on standard output", () => {
  test.each([
    [["srve"], "unknown command srve; did you mean serve?"],
    [["nonsense"], "unknown command nonsense\n"],
    [["keys"], "keys needs one word more: create, list, disable"],
    [["keys", "crate", "x"], "unknown command keys crate: create, list, disable; did you mean keys create?"],
    [["help", "srve"], "unknown command srve; did you mean serve?"],
    [["serve", "--prot", "1"], "unknown option --prot; did you mean --port?"],
    [["serve", "-x"], "unknown option -x"],
    [["serve", "--port"], "--port needs a value: --port N"],
    [["serve", "--config", "--port", "1"], "--config needs a value: --config FILE"],
    [["serve", "--port", "many"], '--port must be a whole number between 0 and 65535, not "many"'],
    [["serve", "--port", "70000"], "--port must be a whole number between 0 and 65535"],
    [["serve", "--port", "1", "-p", "2"], "-p is given twice"],
    [["serve", "now"], '"now" is one word too many'],
    [["init", "--force=yes"], "--force takes no value"],
    [["keys", "create"], "something is missing"],
    [["keys", "create", "x", "--limit", "-1"], "--limit must be a number of at least 0"],
    [
      ["keys", "create", "x", "--limit-reset", "dayly"],
      "--limit-reset must be one of daily, weekly, monthly, never; did you mean daily?",
    ],
    [["keys", "create", "x", "--expires-at", "tomorrow"], "--expires-at must be a date-time with a time zone"],
    [["keys", "create", "x", "--expires-at", "2020-01-01T00:00:00Z"], "--expires-at is in the past"],
    [["check", "a.yaml", "--config", "b.yaml"], "give the file once"],
    [["check", "a.yaml", "--schema"], "--schema checks nothing"],
  ] as const)("%p", async (words, message) => {
    const { code, out, error } = await cli.run(...words)
    expect([code, out]).toEqual([2, ""])
    expect(error).toContain(message)
  })

  test("no word at all prints the overview on standard error", async () => {
    const { code, out, error } = await cli.run()
    expect([code, out]).toEqual([2, ""])
    expect(error).toContain("Usage: signalbox COMMAND")
  })

  test("the usage line follows the mistake", async () => {
    const { error } = await cli.run("serve", "--prot", "1")
    expect(error).toBe(
      "signalbox serve: unknown option --prot; did you mean --port?\nUsage: signalbox serve [options]\nsignalbox serve --help tells more.\n",
    )
  })
})

test("version", async () => {
  const { code, out } = await cli.run("version")
  expect(code).toBe(0)
  expect(out).toMatch(/^signalbox \d+\.\d+\.\d+.*, Bun \d/)
  expect((await cli.run("--version")).out).toBe(out)
  expect(JSON.parse((await cli.run("version", "--json")).out)).toMatchObject({ bun: Bun.version })
})
