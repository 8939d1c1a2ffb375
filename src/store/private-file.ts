import { chmodSync, closeSync, openSync } from "node:fs"

/**
 * A database's file, there and for nobody else's eyes, before it is opened: the folder may be one that everybody may look into. What SQLite
 * puts beside it (`-wal`, `-shm`) gets the same mode. An empty file is a new database.
 */
export function makePrivate(path: string): void {
  closeSync(openSync(path, "a", 0o600))
  chmodSync(path, 0o600)
}
