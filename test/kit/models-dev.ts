/** A document in the form of models.dev's, of our own making. */
export const row = (more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => ({
  name: "A Model",
  family: "a",
  attachment: true,
  reasoning: true,
  tool_call: true,
  structured_output: true,
  temperature: true,
  knowledge: "2025-08",
  release_date: "2025-09-29",
  last_updated: "2025-09-29",
  open_weights: false,
  limit: { context: 200_000, output: 64_000 },
  modalities: { input: ["text", "image", "pdf"], output: ["text"] },
  cost: { input: 3, output: 15, cache_read: 0.3, cache_write: 3.75 },
  ...more,
})

export type Rows = Readonly<Record<string, unknown>>

export const provider = (id: string, models: Rows): Record<string, unknown> => ({
  id,
  name: id,
  env: [],
  npm: `@ai-sdk/${id}`,
  doc: "https://example.com",
  models,
})

export const modelsDevDocument = (vendors: Readonly<Record<string, Rows>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(vendors).map(([id, models]) => [id, provider(id, models)]))

/** So many models of one vendor. */
export const manyRows = (count: number): Rows =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`model-${index}`, row({ name: `Model ${index}` })]))
