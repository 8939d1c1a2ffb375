/** Values in JSON text, found and changed without parsing it: number spelling, key order and unknown fields stay as they are. */
export { type BodyScan, bodyScanner } from "./body-scan.ts"
export { applyEdits, type Changes, objectEdits, patchObject, type TextEdit } from "./edit.ts"
export {
  deepest,
  elementsAt,
  isTooDeep,
  type Member,
  memberOf,
  type ObjectSpan,
  objectAt,
  objectIn,
  type Span,
  topLevel,
  valueEnd,
  valueText,
  type WordSearch,
} from "./scan.ts"
