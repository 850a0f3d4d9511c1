import type { UnnumberedDocument } from './document.ts';
import { extensionOfType } from './media-types.ts';

/** A short plain ending of a name, in lower case; null where it has none. */
function endingOf(name: string | null): string | null {
  const match = /\.([A-Za-z0-9]{1,10})\s*$/.exec((name ?? '').slice(-16));
  return match?.[1]?.toLowerCase() ?? null;
}

/** The ending a document's native gets: by what it is, else by its name, else by its declared type. */
export function extensionOf({ kind, mediaType, fileName }: UnnumberedDocument): string {
  if (kind === 'calendar' || kind === 'task') return 'ics';
  if (kind === 'message' && !mediaType.startsWith('application/')) return 'eml';
  const own = endingOf(fileName);
  // A message within TNEF or S/MIME is kept as the container it came in.
  return own !== null && !(kind === 'message' && own === 'eml') ? own : extensionOfType(mediaType);
}
