const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
const prime = 0x100000001b3n
const mask = 0xffffffffffffffffn

/** FNV-1a, 64 bits, as 11 letters and digits. For ids that must be short and the same each time; not for secrets. */
export const shortHash = (text: string): string => {
  let hash = 0xcbf29ce484222325n
  for (const byte of new TextEncoder().encode(text)) hash = ((hash ^ BigInt(byte)) * prime) & mask
  let out = ""
  for (let digit = 0; digit < 11; digit++) {
    out += alphabet[Number(hash % 62n)]
    hash /= 62n
  }
  return out
}
