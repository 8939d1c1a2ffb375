import { bodyScanner } from "../../json-text/index.ts"

export const scanRequest = bodyScanner()
