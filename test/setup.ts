import { afterAll } from 'vitest';

// A warning is a defect found early (a leak of listeners, a deprecated call): it fails the file it came from.
const warnings: string[] = [];
process.on('warning', (warning) => warnings.push(`${warning.name}: ${warning.message}`));
afterAll(() => {
  if (warnings.length > 0) throw new Error(`process warnings:\n${warnings.join('\n')}`);
});
