import { expect, test } from "bun:test"
import { join } from "node:path"

const run = async (program: string, ...args: string[]) => {
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "programs", program), ...args], {
    stdout: "pipe",
    stderr: "pipe",
  })
  const [out, error] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ])
  return { out, error, code: child.exitCode, signal: child.signalCode }
}

test("what a plugin throws later, from a timer or a promise, is blamed on it and ends nothing", async () => {
  const { out, code, error } = await run("late-throw.ts")
  expect({ code, error }).toEqual({ code: 0, error: "" })
  expect(JSON.parse(out)).toEqual({
    faults: ["promise: unhandled rejection: from a promise", "timer: uncaught exception: from a timer"],
    own: [["something threw outside of any request", "nobody's"]],
  })
})

test("an event loop that stands still ends the process", async () => {
  const { out, signal, error } = await run("stand-still.ts", "0.3", "block")
  expect({ out, signal }).toEqual({ out: "", signal: "SIGKILL" })
  expect(JSON.parse(error)).toMatchObject({ level: "error", message: expect.stringContaining("stood still for 0.3 s") })
})

test("a watchdog that is stopped or off ends nothing", async () => {
  expect(await run("stand-still.ts", "0.3")).toMatchObject({ out: "ended well\n", code: 0 })
  expect(await run("stand-still.ts", "0")).toMatchObject({ out: "ended well\n", code: 0 })
})
