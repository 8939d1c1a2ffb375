/** Run by kill.test.ts: crosses all thresholds and tells a receiver of them until it is killed. Arguments: data directory, receiver. */
import { createGuardedPost } from "../../../src/egress/guarded-post.ts"
import { openTestStore } from "../../store/support.ts"
import { usd } from "./kit.ts"
import { openWatched } from "./opened.ts"

const [, , dataDir = "", receiver = ""] = process.argv
const post = createGuardedPost({ fetch, resolve: async () => [], allow: () => [] })
const store = await openTestStore(dataDir, { newId: () => crypto.randomUUID() })
const { alerts, standing, clock } = await openWatched(
  store,
  () => usd(10),
  true,
  (message) => post({ ...message, url: `${receiver}${new URL(message.url).pathname}` }),
)
await alerts.start()
for (let request = 0; request < 1000; request += 1) alerts.spent(standing, clock.now())
await new Promise(() => {})
