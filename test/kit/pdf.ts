/** The smallest PDF with these texts, one a page; what reaches over the page's edges is not read. `trailer` goes into its trailer as it is. */
export function pdfOf(pages: readonly string[], trailer = ""): Uint8Array<ArrayBuffer> {
  const first = 4
  const kids = pages.map((_, index) => `${first + index * 2} 0 R`).join(" ")
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    `<< /Type /Pages /Kids [${kids}] /Count ${pages.length} >>`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ...pages.flatMap((text, index) => {
      const lines = text.replace(/[\\()]/g, (character) => `\\${character}`).split("\n")
      const content = text === "" ? "" : `BT /F1 10 Tf 11 TL 30 760 Td (${lines.join(") Tj T* (")}) Tj ET`
      return [
        `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents ${first + index * 2 + 1} 0 R /Resources << /Font << /F1 3 0 R >> >> >>`,
        `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
      ]
    }),
  ]
  let file = "%PDF-1.4\n"
  const offsets: number[] = []
  objects.forEach((object, index) => {
    offsets.push(file.length)
    file += `${index + 1} 0 obj\n${object}\nendobj\n`
  })
  const table = offsets.map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`).join("")
  const size = objects.length + 1
  const end = `trailer\n<< /Size ${size} /Root 1 0 R ${trailer} >>\nstartxref\n${file.length}\n%%EOF\n`
  return new TextEncoder().encode(`${file}xref\n0 ${size}\n0000000000 65535 f \n${table}${end}`)
}

/** What makes a reader ask for a password: an encryption dictionary whose hashes fit no empty one. */
export const encryptedPdf = (): Uint8Array =>
  pdfOf(
    ["secret"],
    `/ID [<${"00".repeat(16)}> <${"00".repeat(16)}>] /Encrypt << /Filter /Standard /V 2 /R 3 /Length 128 /P -44 /O <${"11".repeat(32)}> /U <${"22".repeat(32)}> >>`,
  )

export const base64Of = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64")
