import { factsOfRow, membersOf, rowsOf } from "signalbox/dialects"
import type { Json, ModelFacts } from "signalbox/plugin"

/** docs.mistral.ai/api/endpoint/models: what a model can do stands in `capabilities`; one that cannot chat says by its name what it does. */
export const readMistralList = (document: Json): readonly ModelFacts[] =>
  rowsOf(document).flatMap((row) => {
    const facts = factsOfRow({ ...row, type: null })
    if (facts === undefined || /moderation|ocr/.test(facts.upstream)) return []
    const can = membersOf(row.capabilities)
    if (/embed/.test(facts.upstream)) return [{ ...facts, kind: "embeddings" }]
    if (can.audio_transcription === true && can.completion_chat !== true) return [{ ...facts, kind: "transcription" }]
    return can.completion_chat === false ? [] : [facts]
  })
