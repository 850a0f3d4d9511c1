import { MailproofError } from '../model/index.ts';

/** The `code` of a system error (`ENOENT`), or null for anything else. */
export function systemCode(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error)) return null;
  return typeof error.code === 'string' ? error.code : null;
}

/** What a failed read of `path` means. A `MailproofError` passes through unchanged. */
export function readError(error: unknown, path: string): MailproofError {
  if (error instanceof MailproofError) return error;
  const code = systemCode(error);
  const details = { path, system: code };
  switch (code ?? '') {
    case 'ENOENT':
    case 'ENOTDIR':
    case 'ENAMETOOLONG':
      return new MailproofError('SOURCE_NOT_FOUND', `There is no file ${path}.`, {
        cause: error,
        advice: 'Check the path.',
        details,
      });
    case 'EACCES':
    case 'EPERM':
      return new MailproofError('ACCESS_DENIED', `The file ${path} may not be read by this user.`, {
        cause: error,
        advice: 'Give this user permission to read the file and to enter its folders.',
        details,
      });
    case 'EMFILE':
    case 'ENFILE':
      return new MailproofError('TEMPORARY', `The file ${path} could not be opened: too many files are open.`, {
        cause: error,
        advice: 'Raise the limit of open files (ulimit -n) and run again.',
        details,
      });
    default:
      return new MailproofError('SOURCE_UNREADABLE', `The file ${path} could not be read: ${describe(error)}.`, {
        cause: error,
        advice: 'Check the disk it lies on, or copy the file elsewhere and read the copy.',
        details,
      });
  }
}

/** What a failed write to `path` means. A `MailproofError` passes through unchanged. */
export function writeError(error: unknown, path: string): MailproofError {
  if (error instanceof MailproofError) return error;
  const code = systemCode(error);
  return new MailproofError('OUTPUT_UNWRITABLE', `${path} could not be written: ${describe(error)}.`, {
    cause: error,
    advice: WRITE_ADVICE[code ?? ''] ?? 'Check the folder and the disk it lies on, then run again.',
    details: { path, system: code },
  });
}

const PERMISSION = 'Give this user permission to write there, or choose another folder.';
const NOT_A_FOLDER = 'A file stands where a folder is needed, or the reverse: choose another folder.';

const WRITE_ADVICE: Readonly<Record<string, string>> = {
  EACCES: PERMISSION,
  EPERM: PERMISSION,
  EROFS: 'The file system is read-only: choose another folder.',
  ENOSPC: 'The disk is full: make room or choose another folder, then run again.',
  EDQUOT: 'The disk quota is used up: make room or choose another folder, then run again.',
  ENOTDIR: NOT_A_FOLDER,
  EEXIST: NOT_A_FOLDER,
  EISDIR: NOT_A_FOLDER,
  ENAMETOOLONG: 'Choose a folder with a shorter path.',
};

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
