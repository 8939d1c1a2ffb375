/** JSON that is text already. */
export class JsonText {
  constructor(readonly text: string) {}
}

/** Rows that are printed without a break: some milliseconds. */
const slice = 250

const othersFirst = () => new Promise<void>((resolve) => setImmediate(resolve))

/**
 * `{"field":[…]}` of a list that has no pages. There may be a hundred thousand rows, so it is printed in slices, between which the requests of
 * others go on.
 */
export async function wholeList<Row>(
  field: string,
  rows: readonly Row[],
  print: (row: Row) => unknown,
): Promise<JsonText> {
  const texts: string[] = []
  for (let at = 0; at < rows.length; at += slice) {
    if (at > 0) await othersFirst()
    texts.push(JSON.stringify(rows.slice(at, at + slice).map(print)).slice(1, -1))
  }
  return new JsonText(`{${JSON.stringify(field)}:[${texts.join(",")}]}`)
}
