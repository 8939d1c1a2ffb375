/** What percent signs stand for in a part of an address; one that begins no escape stands for itself, as browsers have it. */
export const unescaped = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
