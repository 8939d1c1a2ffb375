/** Puts something into a map that holds `most` at the most; what was put there longest ago is forgotten first. */
export function putBounded<Key, Value>(map: Map<Key, Value>, most: number, key: Key, value: Value): void {
  // Taken out and put in again, so that the order is that of the latest use.
  map.delete(key)
  if (map.size >= most) map.delete(map.keys().next().value!)
  map.set(key, value)
}
