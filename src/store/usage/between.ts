/** Between names. No name has it, and JSON writes it as it is: a line break would double what printing an entry costs. */
export const between = "\x7f"

/** Whatever a client wrote, without it. */
export const apart = (text: string): string => (text.includes(between) ? text.replaceAll(between, " ") : text)
