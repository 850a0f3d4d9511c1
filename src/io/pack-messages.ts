import type { FilePack, MailproofError, PutResult } from '../model/index.ts';

export interface PackRequest {
  readonly root: string;
  readonly replace: boolean;
  readonly pack: FilePack;
}

export type PackReply =
  | { readonly results: readonly PutResult[] }
  | { readonly refused: Pick<MailproofError, 'code' | 'message' | 'advice' | 'details'> }
  | { readonly failure: string };
