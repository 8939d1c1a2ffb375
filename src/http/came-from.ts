/** Of requests whose address was mended: the one that the listener knows. */
const originals = new WeakMap<Request, Request>()

export const noteOriginal = (mended: Request, original: Request): Request => {
  originals.set(mended, originals.get(original) ?? original)
  return mended
}

/** The request as it came in. */
export const originalOf = (request: Request): Request => originals.get(request) ?? request
