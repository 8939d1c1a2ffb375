/** `gemini-3-flash`, `models/gemini-3-flash` and `tunedModels/mine` all name a model: its collection and its own name. */
const split = (model: string): readonly [collection: string, name: string] => {
  const [, collection = "models", name = model] = /^(models|tunedModels)\/(.+)$/.exec(model) ?? []
  return [collection, name]
}

/** As the API names it in bodies. */
export const modelName = (model: string): string => split(model).join("/")

/** As part of an address: whatever is in the name, it stays one segment. */
export const modelPath = (model: string): string => {
  const [collection, name] = split(model)
  return `${collection}/${encodeURIComponent(name)}`
}
