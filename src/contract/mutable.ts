/** For objects that are filled in field by field where they are made, because a spread for each optional field would cost too much. */
export type Mutable<T> = { -readonly [K in keyof T]: T[K] }
