/** Data of the catalogue that cannot be used as they are: the message says which file, and what writes it. */
export class CatalogueError extends Error {
  override readonly name = "CatalogueError";
}
