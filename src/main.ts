import { restartPrepared } from "./cli/restart.ts"

// Kept tiny: in the executable this runs twice, before and after the restart.
restartPrepared()

const { main } = await import("./cli/main.ts")
await main(process.argv.slice(2))
