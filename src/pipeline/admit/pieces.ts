/** An answer shorter than this is not worth a call, and some APIs take no smaller limit: so much is held even where less is asked for. */
export const shortestAnswerTokens = 16
/** The largest piece of an answer that is held for at once where money is short. */
export const pieceTokens = 1024
/** Of what is left a piece takes no larger part, so that whoever comes next gets one too. */
const pieceShare = 16
/** A whole answer is held for where what is left pays for so many of it. */
const ample = 2

/** What of an answer is paid for so far, and how long it may become. */
export interface Piece {
  readonly tokens: number
  readonly mostTokens: number
}

export const ampleFor = (available: number): number => available / ample

/** How much of `freeTokens`, which is what is left, is taken next. */
export const nextPiece = (freeTokens: number): number =>
  Math.min(freeTokens, pieceTokens, Math.max(shortestAnswerTokens, Math.floor(freeTokens / pieceShare)))

/** The output limit of an answer that is held for whole, and whose length nobody named. */
export const sharedOut = (freeTokens: number): number =>
  Math.min(freeTokens, Math.max(pieceTokens, Math.floor(freeTokens / pieceShare)))
