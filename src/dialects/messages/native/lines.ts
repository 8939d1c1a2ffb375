const mark = "\xef\xbb\xbf"

/** Chunks of an event stream (latin1 views of bytes) with line feeds only: raw carriage returns occur nowhere else in one. A byte order mark goes. */
export class LineReader {
  #isFirst = true
  #held = ""

  push(chunk: string): string {
    let text = this.#held + chunk
    this.#held = ""
    if (this.#isFirst) {
      if (text.length < mark.length && mark.startsWith(text)) {
        this.#held = text
        return ""
      }
      this.#isFirst = false
      if (text.startsWith(mark)) text = text.slice(mark.length)
    }
    if (!text.includes("\r")) return text
    // Whether a line feed follows decides what a carriage return was.
    if (text.endsWith("\r")) {
      this.#held = "\r"
      text = text.slice(0, -1)
    }
    return text.replace(/\r\n?/g, "\n")
  }
}
