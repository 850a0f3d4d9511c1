import { Buffer } from 'node:buffer';
import { ATTRIBUTE, type TnefAttribute } from './attribute.ts';
import { decodeTerminated } from './codepage.ts';
import { LittleEndianCursor } from './cursor.ts';
import { type MapiProperties, readPropertyList } from './property.ts';
import { TAG } from './property-tag.ts';
import type { TnefAttachment, TnefMessage } from './tnef-message.ts';

const INTERFACE_ID_SIZE = 16;
/** IID_IMessage, 00020307-0000-0000-c000-000000000046: the object is a message, its stream TNEF (MS-OXTNEF 2.1.3.4). */
const MESSAGE_INTERFACE = '0703020000000000c000000000000046';
const NOTHING = new Uint8Array(0);

/** The attributes of one attachment, as they come: title after data, data after properties, in any order. */
export class AttachmentDraft {
  readonly #properties: MapiProperties;
  #title: Uint8Array | null = null;
  #transportName: Uint8Array | null = null;
  #data: Uint8Array | null = null;
  #complete = true;

  constructor(properties: MapiProperties) {
    this.#properties = properties;
  }

  /** Whether all of its properties could be read. */
  get complete(): boolean {
    return this.#complete;
  }

  /** A second title or second data belongs to an attachment whose attAttachRendData is missing. */
  has(id: number): boolean {
    return (
      (id === ATTRIBUTE.ATTACH_TITLE && this.#title !== null) || (id === ATTRIBUTE.ATTACH_DATA && this.#data !== null)
    );
  }

  add({ id, data }: TnefAttribute): void {
    if (id === ATTRIBUTE.ATTACH_TITLE) this.#title = data;
    else if (id === ATTRIBUTE.ATTACH_DATA) this.#data = data;
    else if (id === ATTRIBUTE.ATTACH_TRANSPORT_FILENAME) this.#transportName = data;
    else if (id === ATTRIBUTE.ATTACHMENT) {
      const { problem } = readPropertyList(new LittleEndianCursor(data), this.#properties);
      this.#complete = problem === null;
    }
  }

  /** @param readEmbedded reads the TNEF stream of an embedded message */
  finish(readEmbedded: (stream: Uint8Array) => TnefMessage | null): TnefAttachment {
    const properties = this.#properties;
    const object = properties.object(TAG.ATTACH_DATA);
    const message = object !== null && isMessage(object) ? object.subarray(INTERFACE_ID_SIZE) : null;
    return {
      name: this.#text(this.#title) ?? properties.text(TAG.ATTACH_FILENAME),
      longName:
        properties.text(TAG.ATTACH_LONG_FILENAME) ??
        this.#text(this.#transportName) ??
        properties.text(TAG.ATTACH_TRANSPORT_NAME) ??
        properties.text(TAG.DISPLAY_NAME),
      mimeType: properties.text(TAG.ATTACH_MIME_TAG)?.toLowerCase() ?? null,
      contentId: properties.text(TAG.ATTACH_CONTENT_ID)?.replace(/^<|>$/g, '') ?? null,
      bytes: message ?? this.#octets(object),
      embedded: message === null ? null : readEmbedded(message),
    };
  }

  /** Octets of a file or of an OLE object; an empty attAttachData beside an object says nothing. */
  #octets(object: Uint8Array | null): Uint8Array {
    if (this.#data !== null && this.#data.length > 0) return this.#data;
    return this.#properties.binary(TAG.ATTACH_DATA) ?? object?.subarray(INTERFACE_ID_SIZE) ?? NOTHING;
  }

  #text(octets: Uint8Array | null): string | null {
    return octets === null ? null : decodeTerminated(octets, this.#properties.codepage) || null;
  }
}

function isMessage(object: Uint8Array): boolean {
  return Buffer.from(object.subarray(0, INTERFACE_ID_SIZE)).toString('hex') === MESSAGE_INTERFACE;
}
