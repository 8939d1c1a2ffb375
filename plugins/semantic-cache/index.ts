import { definePlugin, Type } from "signalbox/plugin"
import { semanticCache } from "./cache.ts"

const mebibyte = 1 << 20

/** Gives a remembered answer to a question that means the same, by the vectors of an embedding model. */
export default definePlugin({
  name: "semantic-cache",
  contract: 1,
  description: "Gives a remembered answer to a question that means the same as one that was answered before.",
  options: Type.Object({
    model: Type.Optional(
      Type.String({
        minLength: 1,
        description: "embedding model of any configured upstream, author/model; without one the plugin does nothing",
      }),
    ),
    threshold: Type.Number({
      default: 0.95,
      minimum: 0.5,
      maximum: 1,
      description: "how near a question must be: the cosine of the angle between the vectors",
    }),
    max_entries: Type.Integer({ default: 10_000, minimum: 1, description: "beyond it those that expire first go" }),
    disk_megabytes: Type.Number({ default: 256, exclusiveMinimum: 0, description: "for vectors and answers together" }),
    ttl_seconds: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 86_400, description: "how long at most; default: as the request says" }),
    ),
    max_characters: Type.Integer({
      default: 2_000,
      minimum: 1,
      description: "longer questions are passed over: the vector of a long text says little about its details",
    }),
    timeout_ms: Type.Integer({ default: 2_000, minimum: 1, description: "for the vector of a question" }),
  }),
  setup({ model, max_entries, disk_megabytes, ...settings }, context) {
    if (model === undefined) return {}
    const rows = context.rows({ bytes: disk_megabytes * mebibyte, rows: max_entries })
    return { caches: [semanticCache({ model, rows, ...settings }, context)] }
  },
})
