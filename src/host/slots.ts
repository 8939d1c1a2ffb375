import { messageOf, type Plugin } from "../contract/index.ts"
import type { Instance } from "./instance.ts"
import { type Loader, loadMessage } from "./load.ts"
import type { FolderSource, Source } from "./sources.ts"

export interface SlotError {
  readonly at: number
  readonly message: string
  readonly hook: string
}

/** What is known of one source: the newest module that loaded, and the instance that runs. They differ after a failed setup. */
export interface Slot {
  readonly source: Source
  readonly plugin: Plugin | undefined
  readonly version: number
  readonly instance: Instance | undefined
  readonly error: SlotError | undefined
  /** The options and secrets with which this module could not be set up; it is not tried again with the same. */
  readonly failedUse: string | undefined
}

export interface SlotReading {
  readonly loader: Loader
  readonly deadline: <T>(task: Promise<T>) => Promise<T>
  readonly now: () => number
}

/** Reads folder sources: those that are new and those that `again` names; the others stay as they are. */
export function readSlots(
  sources: readonly Source[],
  before: ReadonlyMap<string, Slot>,
  again: ReadonlySet<string>,
  reading: SlotReading,
): Promise<Slot[]> {
  return Promise.all(
    sources.map(async (source): Promise<Slot> => {
      const old = before.get(source.key)
      if (source.origin === "built-in") {
        return (
          old ?? {
            source,
            plugin: source.plugin,
            version: 1,
            instance: undefined,
            error: undefined,
            failedUse: undefined,
          }
        )
      }
      if (old && !again.has(source.key)) return { ...old, source }
      return readSlot(source, old, reading)
    }),
  )
}

async function readSlot(source: FolderSource, old: Slot | undefined, reading: SlotReading): Promise<Slot> {
  const version = (old?.version ?? 0) + 1
  try {
    const plugin = await reading.loader.load(source, reading.deadline)
    return { source, plugin, version, instance: old?.instance, error: undefined, failedUse: undefined }
  } catch (thrown) {
    const error = { at: reading.now(), message: loadMessage(thrown), hook: "load" }
    return { source, plugin: undefined, version, instance: old?.instance, error, failedUse: undefined }
  }
}

/** Which slot serves each plugin name, best first: the folder before the built-in. Later folder entries of one name are refused. */
export function rivals(slots: readonly Slot[]): { candidates: Map<string, Slot[]>; refused: Map<Slot, string> } {
  const candidates = new Map<string, Slot[]>()
  const refused = new Map<Slot, string>()
  const seniority = (slot: Slot) => (slot.source.origin === "built-in" ? 2 : slot.instance ? 0 : 1)
  for (const slot of [...slots].sort((one, other) => seniority(one) - seniority(other))) {
    const name = slot.plugin?.name ?? slot.instance?.name
    if (name === undefined) continue
    const list = candidates.get(name) ?? []
    candidates.set(name, list)
    const first = list.find((rival) => rival.source.origin === "folder")
    if (slot.source.origin === "folder" && first) {
      refused.set(slot, `the plugin "${name}" is already defined by ${first.source.key}; rename one of them`)
    } else list.push(slot)
  }
  return { candidates, refused }
}

export const errorOf = (thrown: unknown, at: number, hook: string): SlotError => ({
  at,
  message: messageOf(thrown),
  hook,
})

/** The name that people know a source by before it ever loaded. */
export const nameOf = ({ plugin, instance, source }: Slot): string =>
  plugin?.name ?? instance?.name ?? source.key.replace(/\.[a-z]+$/, "")
