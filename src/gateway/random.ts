const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
/** Bytes are drawn in blocks: a call of the system's generator per id would cost more than the id. */
const block = new Uint8Array(4096)
let at = block.length

function nextByte(): number {
  if (at === block.length) {
    crypto.getRandomValues(block)
    at = 0
  }
  return block[at++]!
}

/** Random letters and digits, each as likely as the other. */
export function randomToken(length: number): string {
  let text = ""
  while (text.length < length) {
    // 248 is the largest multiple of 62 in a byte; larger values would favour the first letters.
    const byte = nextByte()
    if (byte < 248) text += alphabet[byte % 62]
  }
  return text
}
