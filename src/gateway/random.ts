const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
/** Every pair of characters: half as many steps per id. */
const pairs = Array.from(alphabet, (first) => Array.from(alphabet, (second) => first + second)).flat()
/** The largest multiple of the number of pairs below 2^16; larger values would favour the first ones. */
const fairest = Math.floor(65_536 / pairs.length) * pairs.length

/** Numbers are drawn in blocks: a call of the system's generator per id would cost more than the id. */
const block = new Uint16Array(4096)
let at = block.length

function nextNumber(): number {
  if (at === block.length) {
    crypto.getRandomValues(block)
    at = 0
  }
  return block[at++]!
}

/** Random letters and digits, each as likely as the other. `length` is even. */
export function randomToken(length: number): string {
  let text = ""
  while (text.length < length) {
    const number = nextNumber()
    if (number < fairest) text += pairs[number % pairs.length]
  }
  return text
}
