/** Google's `taskType` and the word that other vendors have for it (ai.google.dev, embeddings). Others are passed on as they are. */
export const inputTypes: ReadonlyMap<string, string> = new Map([
  ["RETRIEVAL_QUERY", "search_query"],
  ["RETRIEVAL_DOCUMENT", "search_document"],
  ["CLASSIFICATION", "classification"],
  ["CLUSTERING", "clustering"],
])

/** Words of other vendors, and of this API, as a `taskType`. Undefined: nobody here knows it. */
export const taskType = (inputType: string): string | undefined => {
  for (const [task, word] of inputTypes) if (word === inputType) return task
  if (inputType === "query" || inputType === "document") return `RETRIEVAL_${inputType.toUpperCase()}`
  return /^[A-Z_]+$/.test(inputType) ? inputType : undefined
}
