export { type Arranged, arrangeFolder, type Listing } from './arrange.ts';
export {
  type Collection,
  type CollectionFormat,
  type CollectionMember,
  type CollectionSource,
  collectionSource,
  isCollectionSource,
  type OpenPlaintext,
} from './collection-source.ts';
export { dovecotKeywords } from './maildir.ts';
export { openCollection } from './open-collection.ts';
