import { afterAll } from 'vitest';

// The SDK warns on Node 20 once a process: that is no finding of a test.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

// A warning is a defect found early (a leak of listeners, a deprecated call): it fails the file it came from.
const warnings: string[] = [];
process.on('warning', (warning) => warnings.push(`${warning.name}: ${warning.message}`));
afterAll(() => {
  if (warnings.length > 0) throw new Error(`process warnings:\n${warnings.join('\n')}`);
});
