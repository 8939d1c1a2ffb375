/** Starts the watchdog and then blocks the event loop for good, or ends well when the watchdog is off. */
import { startWatchdog } from "../../../src/host/watchdog.ts"

const [seconds = "0", loop] = process.argv.slice(2)
const stop = startWatchdog(Number(seconds))
if (loop === "block") for (;;);
stop()
console.log("ended well")
