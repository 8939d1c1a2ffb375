import { expect, test } from "bun:test"
import { createPdfReader, PdfError } from "../../../src/pipeline/media/pdf.ts"
import { pagesText } from "../../../src/pipeline/media/text.ts"
import { encryptedPdf, pdfOf } from "../../kit/pdf.ts"

const never = new AbortController().signal
const minute = () => 60_000

test("text page by page, up to a number of pages", async () => {
  const read = createPdfReader({ pages: 2, milliseconds: minute })
  expect(await read(pdfOf(["one (1)", "two"]), never)).toEqual({ pages: ["one (1)", "two"], total: 2 })
  expect(await read(pdfOf(["one", "two", "three"]), never)).toEqual({ pages: ["one", "two"], total: 3 })
})

test("several at once are each answered", async () => {
  const read = createPdfReader({ pages: 2, milliseconds: minute })
  const found = await Promise.all(["a", "b", "c"].map((text) => read(pdfOf([text]), never)))
  expect(found.map(({ pages }) => pages)).toEqual([["a"], ["b"], ["c"]])
})

test("what cannot be read, and then what can", async () => {
  const read = createPdfReader({ pages: 2, milliseconds: minute })
  const problem = async (bytes: Uint8Array) => {
    const thrown = await read(bytes, never).catch((error: unknown) => error)
    return thrown instanceof PdfError ? thrown.problem : thrown
  }
  expect(await problem(new TextEncoder().encode("%PDF-1.4 nothing else"))).toBe("broken")
  expect(await problem(encryptedPdf())).toBe("encrypted")
  expect((await read(pdfOf(["fine"]), never)).pages).toEqual(["fine"])
})

test("one that takes too long ends the thread, and the next is read by a new one", async () => {
  let allowed = 0
  const read = createPdfReader({ pages: 2, milliseconds: () => allowed })
  expect(await read(pdfOf(["late"]), never).catch((error: PdfError) => error.problem)).toBe("slow")
  allowed = 60_000
  expect((await read(pdfOf(["in time"]), never)).pages).toEqual(["in time"])
})

test("a client that leaves ends it with its own reason", async () => {
  const read = createPdfReader({ pages: 2, milliseconds: minute })
  const gone = new Error("gone")
  const controller = new AbortController()
  const reading = read(pdfOf(["x"]), controller.signal)
  controller.abort(gone)
  expect(await reading.catch((thrown) => thrown)).toBe(gone)
  expect(await read(pdfOf(["y"]), AbortSignal.abort(gone)).catch((thrown) => thrown)).toBe(gone)
})

test("pages are marked, missing ones named, a document without text says so", () => {
  expect(pagesText(["a", "b"], 4)).toBe(
    "--- Page 1 of 4 ---\na\n\n--- Page 2 of 4 ---\nb\n\n[Pages 3 to 4 are left out.]",
  )
  expect(pagesText([""], 1)).toContain("no text in this document")
})
