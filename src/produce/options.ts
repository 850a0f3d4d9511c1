import type { ManifestReader } from '../manifest/index.ts';
import type { ByteSource, Finding, JsonValue, Reporter, Sink } from '../model/index.ts';
import type { ProfileName } from './profile/index.ts';

export type DedupeScope = 'none' | 'custodian' | 'global';
export type TableEncoding = 'utf-8' | 'utf-8-bom' | 'utf-16le' | 'windows-1252';
export type Bundle = 'tar' | 'zip';

/** `email.subject~budget`, `type=Email`: a field of the record by its path, and what it must hold or be. */
export interface FieldCondition {
  readonly path: readonly string[];
  readonly contains: boolean;
  readonly value: JsonValue & string;
}

/** What is produced. A family is produced whole when one of its members is meant. */
export interface Selection {
  /** Folder paths, `/`-separated; each means itself and what lies below. */
  readonly folders?: readonly string[];
  readonly custodians?: readonly string[];
  /** RFC 3339, or a date: the first moment included. Sent date, or start of a calendar item. */
  readonly since?: string;
  /** RFC 3339, or a date: the first moment not included. */
  readonly until?: string;
  readonly conditions?: readonly FieldCondition[];
}

export interface ProduceOptions {
  readonly selection?: Selection;
  readonly dedupe?: DedupeScope;
  readonly prefix?: string;
  /** Digits of a number, at least seven. */
  readonly padding?: number;
  /** The first number. Default 1, or after the register's last. */
  readonly start?: number;
  /** What earlier productions numbered. */
  readonly register?: ByteSource | null;
  /** Documents the register knows: left out, or produced again under their old numbers. */
  readonly numbered?: 'leave-out' | 'again';
  /** Octets of natives in a volume. */
  readonly volumeSize?: number;
  /** Documents in a volume. */
  readonly volumeCount?: number;
  readonly encoding?: TableEncoding;
  /** An IANA name; every date of a table is in it. Default UTC. */
  readonly timeZone?: string;
  readonly natives?: boolean;
  readonly text?: boolean;
  /** Marks messages whose whole text a later one holds. */
  readonly inclusive?: boolean;
  readonly bundle?: Bundle | null;
  /** The bundle's or image's name without its ending. */
  readonly name?: string;
  /** RFC 3339, UTC: written where a format asks when it was made. */
  readonly createdAt?: string;
  /** The same where nobody chose it: the moment of this run, or of the interrupted one that it goes on with. */
  readonly startedAt?: string;
  /** Case facts of a Nuix image. */
  readonly caseNumber?: string;
  readonly evidenceNumber?: string;
  readonly examiner?: string;
  /** The tool's version, written where a format asks for it. */
  readonly version?: string;
}

/** One custodian's mailbox. */
export interface ProduceManifest {
  readonly reader: ManifestReader;
  /** The archive the manifest was made from; null: natives and their attachments' text are not produced. */
  readonly source: ByteSource | null;
  readonly custodian: string;
}

export interface ProduceInput {
  readonly manifests: readonly ProduceManifest[];
  readonly sink: Sink;
  readonly profile: ProfileName;
  readonly options?: ProduceOptions;
  readonly reporter: Reporter;
  readonly signal?: AbortSignal;
  /** Octets of load files that a bundle may hold in memory, so that they need not be made twice. Default 64 MiB. */
  readonly heldLimit?: number;
}

export interface ProductionResult {
  readonly documents: number;
  readonly families: number;
  readonly volumes: number;
  readonly natives: number;
  readonly nativeBytes: number;
  readonly texts: number;
  /** Values a target could not carry, and documents without their octets: the rows of exceptions.csv. */
  readonly exceptions: number;
  /** Documents whose octets should be there and are not. */
  readonly missingNatives: number;
  readonly firstNumber: string | null;
  readonly lastNumber: string | null;
  /** Families that are copies of an earlier one. */
  readonly duplicates: number;
  /** Families left out because the register has them. */
  readonly alreadyNumbered: number;
  readonly findings: readonly Finding[];
  /** The files written besides natives and texts, in order. */
  readonly files: readonly string[];
}
