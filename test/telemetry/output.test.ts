import { expect, test } from "bun:test"
import { descriptorWriter, patientWriter } from "../../src/telemetry/output.ts"

const failure = (code: string) => Object.assign(new Error(code), { code })

/** A descriptor that takes so many bytes per call, or fails. */
const descriptor = (answers: (number | string)[]) => {
  let text = ""
  const write = (_: number, bytes: Uint8Array) => {
    const answer = answers.shift() ?? bytes.length
    if (typeof answer === "string") throw failure(answer)
    const taken = Math.min(answer, bytes.length)
    text += new TextDecoder().decode(bytes.subarray(0, taken))
    return taken
  }
  return { write, text: () => text }
}

test("what a full pipe does not take goes out first the next time", () => {
  const pipe = descriptor([2, "EAGAIN"])
  const write = descriptorWriter(1, 100, pipe.write)
  write("hello ")
  expect(pipe.text()).toBe("he")
  write("world")
  expect(pipe.text()).toBe("hello world")
})

test("a pipe that nobody reads does not fill the memory", () => {
  const pipe = descriptor(["EAGAIN", "EAGAIN"])
  const write = descriptorWriter(1, 8, pipe.write)
  write("12345")
  expect(() => write("67890")).toThrow("EAGAIN")
  write("abc")
  expect(pipe.text()).toBe("abc")
})

test("an interrupted write is repeated, a broken one told", () => {
  const pipe = descriptor(["EINTR", 3, "EPIPE"])
  const write = descriptorWriter(1, 100, pipe.write)
  expect(() => write("abcdef")).toThrow("EPIPE")
  expect(pipe.text()).toBe("abc")
})

test("a command's answer waits for its reader", () => {
  const pipe = descriptor([1, "EAGAIN", "EAGAIN", 2, "EINTR"])
  let pauses = 0
  patientWriter(1, pipe.write, () => pauses++)("whole")
  expect(pipe.text()).toBe("whole")
  expect(pauses).toBe(3)
})
