/** Upstreams' lists of their models as facts: the form that OpenAI's imitators share, with what each adds, and the means to read others. */
export { factsOfRow, type ListQuirks, readModelList } from "./facts.ts"
export { countIn, dayIn, firstOf, flagIn, known, membersOf, momentIn, rowsOf, textIn, textsIn } from "./values.ts"
