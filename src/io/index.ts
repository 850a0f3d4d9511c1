/** What touches the machine: files, folders, the clock. Implements the ports of `model`. */
export { systemClock } from './clock.ts';
export { openFile } from './file-source.ts';
export { type FolderMember, type FolderMembers, listFolderMembers } from './folder-members.ts';
export { folderSink } from './folder-sink.ts';
export { memorySink } from './memory-sink.ts';
export { memorySource } from './memory-source.ts';
export { spoolToFile } from './spool.ts';
export { createTemporaryFolder, type TemporaryFolder, type TemporaryFolderOptions } from './temporary-folder.ts';
export { type DependencyRecord, type ToolRecord, toolRecord } from './tool-record.ts';
