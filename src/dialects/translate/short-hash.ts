const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

/** FNV-1a, 64 bits, as letters and digits. For ids that must be short and the same each time; not for secrets. */
export const shortHash = (text: string, length = 11): string => {
  let hash = 0xcbf29ce484222325n
  for (const byte of new TextEncoder().encode(text)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n)
  let out = ""
  for (let digit = 0; digit < length; digit++) {
    out += alphabet[Number(hash % 62n)]
    hash /= 62n
  }
  return out
}
