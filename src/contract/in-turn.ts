/** Whatever it is given is done one after the other, so that nothing is worked out from a state that another is about to replace. */
export type InTurn = <T>(work: () => Promise<T>) => Promise<T>

export function createTurns(): InTurn {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const result = last.then(work)
    // Who asked for it is told; who comes next goes on from what there is.
    last = result.catch(() => undefined)
    return result
  }
}
