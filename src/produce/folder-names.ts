import { SafeNames } from './safe-name.ts';

/** Names below which Windows' limit of 260 signs for a path is met even in a deep folder of the reader's own. */
const PATH_OCTETS = 150;

/** A folder tree that every file system can hold: one safe path for each folder path, the same at every asking. */
export class FolderNames {
  readonly #children = new Map<string, SafeNames>();
  readonly #paths = new Map<string, string>();
  readonly #short = new SafeNames();

  /** The safe path of a folder path. */
  path(names: readonly string[]): string {
    const key = JSON.stringify(names);
    const known = this.#paths.get(key);
    if (known !== undefined) return known;
    let path = '';
    for (const name of names) {
      let siblings = this.#children.get(path);
      if (siblings === undefined) {
        siblings = new SafeNames();
        this.#children.set(path, siblings);
      }
      const safe = siblings.name(name, 'folder');
      path = path === '' ? safe : `${path}/${safe}`;
    }
    // Too deep a tree is laid flat under the name of its last folder.
    if (Buffer.byteLength(path) > PATH_OCTETS) path = `_deep/${this.#short.name(key, names.at(-1) ?? 'folder')}`;
    this.#paths.set(key, path);
    return path;
  }
}
