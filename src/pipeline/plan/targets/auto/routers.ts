/** Names that stand for a choice among models (openrouter.ai, auto router and free models router). */
export const autoRouter = "openrouter/auto"
export const freeRouter = "openrouter/free"

export const isRouter = (name: string): boolean => name === autoRouter || name === freeRouter
