/** Inference keys call models, management keys manage; neither can do the other's work. */
export type KeyKind = "inference" | "management"

const prefixes: Readonly<Record<KeyKind, string>> = { inference: "sk-sbx-v1-", management: "sk-sbx-admin-v1-" }

const tokenBytes = 32

/** A new token: a prefix that secret scanners can know, and 256 random bits in hex. */
export const mintToken = (kind: KeyKind, randomBytes: (count: number) => Uint8Array): string =>
  prefixes[kind] + Buffer.from(randomBytes(tokenBytes)).toString("hex")

/** SHA-256 of the whole token in hex: the id of its key everywhere, and all that is ever kept of it. */
export const hashToken = (token: string): string => new Bun.CryptoHasher("sha256").update(token).digest("hex")

/** Tokens that an operator made up may be short; of these less is shown. */
const longToken = 32

/** For people to recognise a key by; tells too little to guess it. */
export const maskToken = (token: string): string => {
  const prefix = Object.values(prefixes).find((known) => token.startsWith(known)) ?? ""
  const secret = token.slice(prefix.length)
  return secret.length >= longToken
    ? `${prefix}${secret.slice(0, 3)}...${secret.slice(-4)}`
    : `${secret.slice(0, 2)}...`
}
