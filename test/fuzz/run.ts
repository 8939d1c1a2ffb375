import { fuzzOnce, startRig } from "./fuzz.ts"

/** `bun run fuzz [SECONDS] [SEED]`: breaks bodies and upstreams until the time is over, and says what broke, with the seed that repeats it. */
const [seconds = "60", first = String(Date.now() % 1_000_000_000)] = process.argv.slice(2)
const rig = await startRig()
const until = Date.now() + Number(seconds) * 1000
let seed = Number(first)
const failures = new Map<string, string>()
for (; Date.now() < until; seed++)
  await fuzzOnce(rig, seed).catch((thrown: unknown) => {
    const words = thrown instanceof Error ? thrown.message : String(thrown)
    const kind = words.split("\n")[0]!
    if (failures.has(kind)) return
    failures.set(kind, words)
    console.error(`${words}\n`)
  })
await rig.checkReleased()
await rig.stop()
console.log(`${seed - Number(first)} rounds from seed ${first}: ${failures.size} kinds of failure`)
process.exit(failures.size === 0 ? 0 : 1)
