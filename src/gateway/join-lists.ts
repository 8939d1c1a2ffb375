import { joinLists, modalityOf } from "../accounts/directory/access-lists.ts"
import type { Directory } from "../accounts/directory/directory.ts"
import { theGateway } from "../accounts/keys.ts"
import type { Catalog } from "../catalog/catalog.ts"
import { type Logger, messageOf } from "../contract/index.ts"

/** Models that are new join the access lists that want them; it is written down like any other change of a list. */
export async function joinNewModels(
  directory: Directory,
  catalog: Catalog,
  names: readonly string[],
  log: Pick<Logger, "warn">,
): Promise<void> {
  if (names.length === 0 || !directory.list("access-list").some(({ body }) => body.autoApprove)) return
  const models = names.map((name) => ({ name, modality: modalityOf(catalog.find(name)[0]?.kind) }))
  try {
    await directory.change(theGateway, () => joinLists(directory, models))
  } catch (thrown) {
    log.warn("new models could not be added to access lists that want them", { error: messageOf(thrown) })
  }
}
