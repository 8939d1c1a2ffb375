import type { RefreshLimits } from "./refresh-types.ts"

const megabyte = 1024 * 1024

/** Several times what documents have today; little enough that nobody suffers from one that is made to hurt. */
export const usualLimits: RefreshLimits = {
  fetch: { bytes: 32 * megabyte, milliseconds: 60_000 },
  read: {
    bytes: 32 * megabyte,
    milliseconds: 30_000,
    structure: { depth: 40, containers: 500_000, members: 4_000_000 },
  },
  listMs: 120_000,
}

/** A list is handed over as a value, which costs the thread that serves requests; no upstream's has a tenth of this. */
const mostOfList = { bytes: 8 * megabyte, containers: 100_000, members: 500_000 }

export const listLimits = ({ fetch, read, listMs }: RefreshLimits): RefreshLimits => ({
  fetch: { ...fetch, bytes: Math.min(fetch.bytes, mostOfList.bytes) },
  read: {
    ...read,
    bytes: Math.min(read.bytes, mostOfList.bytes),
    structure: {
      depth: read.structure.depth,
      containers: Math.min(read.structure.containers, mostOfList.containers),
      members: Math.min(read.structure.members, mostOfList.members),
    },
  },
  listMs,
})
