import { getDocumentProxy } from "unpdf"

export interface PdfJob {
  readonly number: number
  readonly bytes: Uint8Array
  /** Pages after these are not read. */
  readonly mostPages: number
}

export type PdfAnswer =
  | { readonly number: number; readonly ok: true; readonly pages: readonly string[]; readonly total: number }
  | { readonly number: number; readonly ok: false; readonly encrypted: boolean; readonly message: string }

declare const self: Worker

/** Lines as they stand on the page, without the blanks that layout leaves. */
const tidy = (text: string): string =>
  text
    .replace(/[^\S\n]+/g, " ")
    .replace(/ ?\n ?/g, "\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim()

/** One page after the other, so that a long document is never in memory with all its fonts and pictures. */
const read = async ({ bytes, mostPages }: PdfJob): Promise<{ pages: string[]; total: number }> => {
  // Nothing is written to the terminal but errors.
  const pdf = await getDocumentProxy(bytes, { verbosity: 0 })
  try {
    const pages: string[] = []
    for (let number = 1; number <= Math.min(pdf.numPages, mostPages); number++) {
      const page = await pdf.getPage(number)
      const { items } = await page.getTextContent()
      const texts = items.map((item) => ("str" in item ? item.str + (item.hasEOL ? "\n" : "") : ""))
      pages.push(tidy(texts.join("")))
      page.cleanup()
    }
    return { pages, total: pdf.numPages }
  } finally {
    await pdf.loadingTask.destroy()
  }
}

self.onmessage = async ({ data: job }: MessageEvent<PdfJob>) => {
  const { number } = job
  const answer = await read(job).then(
    (found): PdfAnswer => ({ number, ok: true, ...found }),
    (thrown: unknown): PdfAnswer => {
      const { name = "", message = String(thrown) } = thrown as { name?: string; message?: string }
      return { number, ok: false, encrypted: name === "PasswordException", message }
    },
  )
  self.postMessage(answer)
}
