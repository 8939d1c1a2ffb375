/** What requests for images and audio have in common. */
export type { DecodedMedia, LoadUrl } from "./body.ts"
export {
  appendFields,
  badReply,
  formFile,
  jsonReply,
  type MediaEndpoint,
  mediaEndpoint,
  modelSegments,
  postForm,
  postJson,
  withQuery,
} from "./endpoint.ts"
export { base64Of, dataUrl, endingOf, fileUrl, mediaFile, plainMime, sniffMime } from "./file.ts"
export { type JobShape, jobAnswer } from "./job.ts"
export { dropAsked, dropExtras, dropParameter } from "./losses.ts"
export { type MediaService, mediaProvider } from "./service.ts"
export { counted, decodeTokens } from "./usage.ts"
export { type PcmFormat, pcmRate, wrapWav } from "./wav.ts"
