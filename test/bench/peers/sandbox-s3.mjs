// Serves a file as an SSE-KMS object of the sandbox until its standard input ends; prints where it is and how to reach it.
import { createReadStream } from 'node:fs';
import { startSandbox } from '../../../dist/sandbox/index.js';

const sandbox = await startSandbox({ port: 0, mailboxes: [] });
const { bucket, keyArn, environment } = sandbox;
await sandbox.put({ key: 'export.zip', body: createReadStream(process.argv[2]), kmsKeyArn: keyArn });
console.log(JSON.stringify({ source: `s3://${bucket}/export.zip`, environment }));
process.stdin.resume();
process.stdin.once('end', () => {
  void sandbox.close();
});
