/**
 * Whether texts have a form in which `*` stands for any number of characters. In time that grows with the text alone, however many stars
 * somebody wrote: each piece is looked for behind the one before, and never again. A regular expression of the same would go back for each.
 */
export function wildcard(form: string): (text: string) => boolean {
  const [first = "", ...rest] = form.split("*")
  const last = rest.pop()
  if (last === undefined) return (text) => text === form
  const pieces = rest.filter((piece) => piece !== "")
  return (text) => {
    if (!text.startsWith(first)) return false
    let at = first.length
    for (const piece of pieces) {
      const found = text.indexOf(piece, at)
      if (found < 0) return false
      at = found + piece.length
    }
    return text.length - last.length >= at && text.endsWith(last)
  }
}
