type Defined<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>
}

/** Takes the members away whose value is undefined, as exact optional properties want it. */
export const defined = <T extends object>(value: T): Defined<T> =>
  Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Defined<T>

export const milliseconds = (seconds: number | undefined, otherwise: number): number =>
  Math.round((seconds ?? otherwise) * 1000)
