import { jsonToolName, type ToolNames, toolNames } from "signalbox/dialects"
import type { ChatRequest, Profile } from "signalbox/plugin"

/** Key of this format's fields in `Extras`, and its name everywhere. */
export const dialectName = "bedrock-converse"

/** Which reasoning may go back to this model. The first is also what its own reasoning is tagged with. */
export const reasoningOrigins = (profile: Profile): readonly string[] => profile.reasoningOrigins ?? ["unknown"]

/** docs.aws.amazon.com/bedrock, ToolSpecification: 1 to 64 of these characters. */
export const converseToolNames = (request: ChatRequest): ToolNames =>
  toolNames(request, { allowed: /^[a-zA-Z0-9_-]{1,64}$/, forbidden: /[^a-zA-Z0-9_-]/g, length: 64 })

/** MIME type → Converse's word, by kind of block. */
export const imageFormats: Readonly<Record<string, string>> = {
  "image/png": "png",
  "image/jpeg": "jpeg",
  "image/jpg": "jpeg",
  "image/gif": "gif",
  "image/webp": "webp",
}

export const videoFormats: Readonly<Record<string, string>> = {
  "video/mp4": "mp4",
  "video/quicktime": "mov",
  "video/x-matroska": "mkv",
  "video/webm": "webm",
  "video/x-flv": "flv",
  "video/mpeg": "mpeg",
  "video/x-ms-wmv": "wmv",
  "video/3gpp": "three_gp",
}

export const audioFormats: Readonly<Record<string, string>> = {
  "audio/wav": "wav",
  "audio/x-wav": "wav",
  "audio/mpeg": "mp3",
  "audio/mp3": "mp3",
  "audio/flac": "flac",
  "audio/ogg": "ogg",
  "audio/opus": "opus",
  "audio/aac": "aac",
  "audio/mp4": "m4a",
  "audio/webm": "webm",
}

export const documentFormats: Readonly<Record<string, string>> = {
  "application/pdf": "pdf",
  "text/csv": "csv",
  "application/msword": "doc",
  "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
  "application/vnd.ms-excel": "xls",
  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
  "text/html": "html",
  "text/markdown": "md",
  "text/plain": "txt",
  "application/json": "txt",
}

/** The format that a file's name tells, where its MIME type does not. */
export const documentExtensions = new Set(["pdf", "csv", "doc", "docx", "xls", "xlsx", "html", "txt", "md"])

/**
 * Name of the extra tool whose arguments are the structured answer; undefined where none is needed or the model takes no tools. Encoder and
 * decoder both ask, and get the same name.
 */
export const answerToolName = (request: ChatRequest, profile: Profile): string | undefined => {
  if (profile.tools === false) return undefined
  // What Claude's own field cannot carry is an answer without a schema.
  const plainObject = request.responseFormat?.type === "json-object"
  return jsonToolName(request, plainObject ? { ...profile, nativeSchema: false } : profile)
}
