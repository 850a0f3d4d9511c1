// Executes a definition with aws-local-stepfunctions. Its tasks are done by whoever answers at the address given.
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [library, definitionFile, inputFile, address] = process.argv.slice(2);
const { StateMachine } = await import(pathToFileURL(library).href);
const definition = JSON.parse(readFileSync(definitionFile, 'utf8'));

async function invoke({ Payload }) {
  const answer = await fetch(address, { method: 'POST', body: JSON.stringify(Payload) });
  const value = await answer.json();
  if (answer.status === 200) return { Payload: value };
  // The runtime of a Lambda hands on an error's name and message.
  throw Object.assign(new Error(value.errorMessage), { name: value.errorType });
}

const names = ['Plan', 'Shard', 'Digest', 'Merge'];
const machine = new StateMachine(definition, { validationOptions: { checkArn: false, checkPaths: false } });
const execution = machine.run(JSON.parse(readFileSync(inputFile, 'utf8')), {
  overrides: {
    taskResourceLocalHandlers: Object.fromEntries(names.map((name) => [name, invoke])),
    retryIntervalOverrides: Object.fromEntries(names.map((name) => [name, 100])),
  },
});
try {
  process.stdout.write(JSON.stringify({ output: await execution.result }));
} catch (error) {
  process.stdout.write(JSON.stringify({ error: error.name, cause: String(error.message) }));
}
