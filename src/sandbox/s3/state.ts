import type { Clock } from '../../model/index.ts';
import type { Access } from '../access.ts';
import type { SandboxRequest } from '../http/request.ts';
import type { KeyStore } from '../kms/key-store.ts';
import type { VerifiedSignature } from '../signature/verify.ts';
import type { Checksum, ChecksumAlgorithm, ChecksumType } from './checksum/checksum.ts';
import type { ObjectEncryption } from './encryption.ts';
import { compareKeys } from './key-order.ts';
import type { Blob } from './store/blob.ts';
import type { BlobStore } from './store/blob-store.ts';

/** Base64. */
export interface PartChecksum {
  readonly algorithm: ChecksumAlgorithm;
  readonly value: string;
}

/** One part of an object: a plain PUT makes one, a multipart upload as many as were listed. */
export interface StoredPart {
  readonly number: number;
  readonly blob: Blob;
  /** Hexadecimal, without quotes. */
  readonly etag: string;
  readonly checksum: PartChecksum;
  /** CRC-64/NVME, where the upload named no algorithm: S3 takes that of the whole object from these. */
  readonly natural: PartChecksum | null;
  readonly lastModified: number;
}

/** Headers and metadata kept with an object. */
export interface ObjectMedia {
  /** `content-type`, `cache-control`, …, by lower-case header name. */
  readonly headers: Readonly<Record<string, string>>;
  /** User metadata without its `x-amz-meta-`. */
  readonly metadata: Readonly<Record<string, string>>;
}

export interface ObjectVersion {
  /** `null` in a bucket without versions, as S3 calls it. */
  readonly versionId: string;
  readonly key: string;
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
  readonly lastModified: number;
  readonly parts: readonly StoredPart[];
  readonly multipart: boolean;
  readonly encryption: ObjectEncryption;
  readonly checksum: Checksum | null;
  readonly media: ObjectMedia;
  readonly deleteMarker: boolean;
  tags: readonly (readonly [string, string])[];
}

/** A multipart upload under way. */
export interface Upload {
  readonly id: string;
  readonly key: string;
  readonly created: number;
  readonly encryption: ObjectEncryption;
  readonly media: ObjectMedia;
  readonly tags: readonly (readonly [string, string])[];
  /** Null when CreateMultipartUpload named none: parts may then carry any one algorithm. */
  readonly algorithm: ChecksumAlgorithm | null;
  readonly type: ChecksumType;
  readonly parts: Map<number, StoredPart>;
}

export interface BucketEncryption {
  readonly algorithm: 'AES256' | 'aws:kms' | 'aws:kms:dsse';
  readonly keyId: string | null;
  readonly bucketKey: boolean;
}

/** A bucket: its objects' versions, oldest first, and its configuration. */
export class Bucket {
  readonly name: string;
  readonly created: number;
  readonly uploads = new Map<string, Upload>();
  /** Configuration documents that are only kept and given back (notification, policy, …). */
  readonly documents = new Map<string, string>();
  versioning: 'Off' | 'Enabled' | 'Suspended' = 'Off';
  encryption: BucketEncryption = { algorithm: 'AES256', keyId: null, bucketKey: false };
  readonly #objects = new Map<string, ObjectVersion[]>();
  #sorted: string[] | null = null;

  constructor(name: string, created: number) {
    this.name = name;
    this.created = created;
  }

  get empty(): boolean {
    return this.#objects.size === 0;
  }

  /** Keys in the order of their UTF-8 octets, those with a delete marker included. */
  keys(): readonly string[] {
    this.#sorted ??= [...this.#objects.keys()].sort(compareKeys);
    return this.#sorted;
  }

  versions(key: string): readonly ObjectVersion[] {
    return this.#objects.get(key) ?? [];
  }

  /** The newest version, delete markers included. */
  latest(key: string): ObjectVersion | null {
    return this.#objects.get(key)?.at(-1) ?? null;
  }

  /** Makes a version current; the result is what it replaced for good. */
  commit(version: ObjectVersion): readonly ObjectVersion[] {
    const versions = this.#objects.get(version.key);
    if (versions === undefined) {
      this.#objects.set(version.key, [version]);
      this.#sorted = null;
      return [];
    }
    const replaced = this.versioning === 'Enabled' ? [] : versions.filter((each) => each.versionId === 'null');
    this.#objects.set(version.key, [...versions.filter((each) => !replaced.includes(each)), version]);
    return replaced;
  }

  /** Removes versions for good. */
  remove(key: string, gone: (version: ObjectVersion) => boolean): readonly ObjectVersion[] {
    const versions = this.#objects.get(key) ?? [];
    const left = versions.filter((version) => !gone(version));
    if (left.length > 0) this.#objects.set(key, left);
    else if (this.#objects.delete(key)) this.#sorted = null;
    return versions.filter(gone);
  }
}

/** What every S3 operation works on. */
export interface S3Context {
  readonly buckets: Map<string, Bucket>;
  readonly store: BlobStore;
  readonly keys: KeyStore;
  readonly clock: Clock;
  readonly access: Access;
  readonly random: (size: number) => Uint8Array;
  readonly region: string;
  readonly accountId: string;
}

/** One authenticated request. */
export interface S3Call {
  readonly context: S3Context;
  readonly request: SandboxRequest;
  readonly operation: string;
  readonly bucketName: string;
  readonly key: string;
  readonly verified: VerifiedSignature;
}
