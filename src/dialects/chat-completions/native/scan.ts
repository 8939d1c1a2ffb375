import { bodyScanner } from "../../json-text/index.ts"
import { watchedWords } from "./refusals.ts"

export const scanRequest = bodyScanner(watchedWords)
