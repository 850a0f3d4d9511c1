import type { HeaderBlock } from '../header/block.ts';
import { readContentTypeField, readDispositionField } from '../header/content-type.ts';
import { FieldFaults } from '../header/faults.ts';
import type { HeaderField } from '../header/field.ts';
import type { MimeLimits } from '../limits.ts';
import { readTransferEncoding } from '../transfer-encoding/choose.ts';
import type { Part } from './part.ts';

const NO_PARAMETERS: ReadonlyMap<string, string> = new Map();

/** The first field of a name: of repeated Content fields every reader takes the first, as the structure hangs on it. */
export function firstField(header: HeaderBlock, lowerName: string): HeaderField | null {
  return header.fields.find((field) => field.lowerName === lowerName) ?? null;
}

/** What the Content fields of a header say the part is (RFC 2045 §5.2: text/plain where they say nothing readable). */
export function openPart(
  header: HeaderBlock,
  place: { path: string; depth: number; defaultType: string; headerStart: number; bodyStart: number },
  limits: MimeLimits,
): Part {
  const faults = new FieldFaults(place.path === '' ? undefined : place.path);
  const typeField = firstField(header, 'content-type');
  const dispositionField = firstField(header, 'content-disposition');
  const encodingField = firstField(header, 'content-transfer-encoding');
  const charset = typeField === null ? null : charsetForNames(typeField.raw, dispositionField?.raw ?? '');
  const contentType = typeField === null ? null : readContentTypeField(typeField.raw, faults, charset);
  let type = place.defaultType;
  if (typeField !== null) type = typeOf(contentType, faults);
  const disposition = dispositionField === null ? null : readDispositionField(dispositionField.raw, faults, charset);
  // Of the message itself its own header tells.
  if (place.path !== '' && header.fields.filter(({ lowerName }) => lowerName === 'content-type').length > 1) {
    faults.add('FIELD_REPEATED', 'The Content-Type occurs more than once; the first counts.');
  }
  const encoding = readTransferEncoding(encodingField?.raw ?? null);
  if (encoding === 'unknown') {
    const shown = JSON.stringify((encodingField?.raw ?? '').trim().slice(0, 40));
    faults.add(
      'TRANSFER_ENCODING_UNKNOWN',
      `The transfer encoding ${shown} is not known; the octets are read as they are.`,
    );
  }
  headerFaults(header, faults, limits);
  return {
    path: place.path,
    depth: place.depth,
    header,
    faults,
    type,
    parameters: contentType?.parameters ?? NO_PARAMETERS,
    disposition: disposition === null || disposition.value === '' ? null : disposition.value,
    dispositionParameters: disposition?.parameters ?? NO_PARAMETERS,
    encoding,
    children: null,
    headerStart: place.headerStart,
    bodyStart: place.bodyStart,
    bodyEnd: place.bodyStart,
  };
}

/** The charset of a text, where the names beside it hold raw octets above 127: they were written by the same program. */
function charsetForNames(typeField: string, dispositionField: string): string | null {
  if (!/[\x80-\xff]/.test(typeField) && !/[\x80-\xff]/.test(dispositionField)) return null;
  return readContentTypeField(typeField, new FieldFaults(), null)?.parameters.get('charset') ?? null;
}

function typeOf(contentType: ReturnType<typeof readContentTypeField>, faults: FieldFaults): string {
  if (contentType !== null && contentType.subtype !== null) return `${contentType.type}/${contentType.subtype}`;
  // `Content-Type: multipart` with a boundary can only be a multipart; anything else unfinished is text (RFC 2045 §5.2).
  if (contentType?.type === 'multipart' && contentType.parameters.has('boundary')) return 'multipart/mixed';
  faults.add('CONTENT_TYPE_MALFORMED', 'The Content-Type has no type and subtype; read as text/plain.');
  return 'text/plain';
}

function headerFaults(block: HeaderBlock, faults: FieldFaults, limits: MimeLimits): void {
  if (block.endedBy === 'limit') {
    const { maxHeaderBytes, maxHeaderFields } = limits;
    const named = `maxHeaderBytes (${maxHeaderBytes}) or maxHeaderFields (${maxHeaderFields})`;
    faults.add('LIMIT_REACHED', `The header passes ${named}: the rest is read as body.`);
  }
  if (block.strayLines > 0) faults.add('FIELD_MALFORMED', `${block.strayLines} header lines are no fields.`);
  const unended = block.endedBy === 'body' || (block.endedBy === 'delimiter' && block.fields.length > 0);
  if (unended) faults.add('HEADER_UNTERMINATED', 'No empty line ends the header.');
}
