import type { JsonObject, JsonValue } from '../../src/model/index.ts';

/** A state that failed, by the name a Retry or Catch goes by. */
export class StateError extends Error {
  readonly error: string;
  constructor(error: string, cause: string) {
    super(`${error}: ${cause}`);
    this.error = error;
  }
}

/** The services a definition names. */
export interface Services {
  /** A Task: its resource (after `arn:aws:states:::`) and its parameters. Throws StateError. */
  readonly task: (resource: string, parameters: JsonObject) => Promise<JsonValue>;
  /** An ItemReader. */
  readonly read: (parameters: JsonObject) => Promise<readonly JsonValue[]>;
  /** Item executions at once. */
  readonly atOnce: number;
  readonly machine: string;
}

/** What ran, for assertions; and, given again, what a redrive need not run. */
export interface Execution {
  /** `<state>/<item's place>`: outputs of items that succeeded. */
  readonly items: Map<string, JsonValue>;
  /** Tasks started, by state. */
  readonly started: Record<string, number>;
}

export const newExecution = (): Execution => ({ items: new Map(), started: {} });

const objectOf = (value: JsonValue | undefined): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
const listOf = (value: JsonValue | undefined): readonly JsonValue[] => (Array.isArray(value) ? value : []);
export const textOf = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '');

function at(path: string, input: JsonValue): JsonValue | undefined {
  let value: JsonValue | undefined = input;
  for (const name of path.split('.').slice(1)) value = name === '' ? value : objectOf(value)[name];
  return value;
}

/** A path, a path of the context, or one of three functions: what the definition uses of ASL's JSONPath. */
function evaluate(expression: string, input: JsonValue, context: JsonObject): JsonValue {
  const format = /^States\.Format\('([^']*)', (.*)\)$/.exec(expression);
  if (format !== null) {
    const values = (format[2] ?? '').split(', ').map((path) => {
      const value = evaluate(path, input, context);
      return typeof value === 'string' ? value : JSON.stringify(value);
    });
    return (format[1] ?? '').replaceAll('{}', () => values.shift() ?? '');
  }
  const split = /^States\.StringSplit\('([^']*)', ','\)$/.exec(expression);
  if (split !== null) return (split[1] ?? '').split(',');
  const array = /^States\.Array\((.*)\)$/.exec(expression);
  if (array !== null) {
    // Words in quotes, paths and calls: a comma within brackets is part of a call.
    const parts = (array[1] ?? '').match(/'[^']*'|States\.\w+\([^)]*\)|\$[^,]*/g) ?? [];
    return parts.map((part) => (part.startsWith("'") ? part.slice(1, -1) : evaluate(part, input, context)));
  }
  const value = expression.startsWith('$$.') ? at(expression.slice(1), context) : at(expression, input);
  if (value === undefined) throw new StateError('States.Runtime', `${expression} is not in the input`);
  return value;
}

function fill(template: JsonValue | undefined, input: JsonValue, context: JsonObject): JsonValue {
  if (Array.isArray(template)) return template.map((each: JsonValue) => fill(each, input, context));
  if (typeof template !== 'object' || template === null) return template ?? null;
  const filled: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries(objectOf(template))) {
    if (name.endsWith('.$')) filled[name.slice(0, -2)] = evaluate(textOf(value), input, context);
    else filled[name] = fill(value, input, context);
  }
  return filled;
}

function holds(rule: JsonObject, input: JsonValue): boolean {
  if (rule['And'] !== undefined) return listOf(rule['And']).every((each) => holds(objectOf(each), input));
  const value = at(textOf(rule['Variable']), input);
  if (rule['IsPresent'] !== undefined) return (value !== undefined) === rule['IsPresent'];
  if (rule['StringEquals'] !== undefined) return value === rule['StringEquals'];
  throw new Error(`a rule of another kind: ${JSON.stringify(rule)}`);
}

async function retried(state: JsonObject, act: () => Promise<JsonValue>): Promise<JsonValue> {
  for (let failures = 0; ; failures++) {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof StateError)) throw error;
      const rule = listOf(state['Retry'])
        .map(objectOf)
        .find((each) => listOf(each['ErrorEquals']).some((name) => name === error.error || name === 'States.ALL'));
      if (rule === undefined || failures >= Number(rule['MaxAttempts'] ?? 3)) throw error;
    }
  }
}

async function mapOver(
  name: string,
  state: JsonObject,
  input: JsonValue,
  services: Services,
  execution: Execution,
): Promise<JsonValue> {
  const context: JsonObject = { StateMachine: { Id: services.machine } };
  const reader = objectOf(state['ItemReader']);
  const items =
    state['ItemReader'] === undefined
      ? listOf(evaluate(textOf(state['ItemsPath']), input, context))
      : await services.read(objectOf(fill(reader['Parameters'], input, context)));
  const processor = objectOf(state['ItemProcessor']);
  const outputs: JsonValue[] = [];
  let failure: StateError | null = null;
  let next = 0;
  const worker = async () => {
    for (let place = next++; place < items.length && failure === null; place = next++) {
      const known = execution.items.get(`${name}/${place}`);
      if (known !== undefined) {
        outputs[place] = known;
        continue;
      }
      const item = items[place] ?? null;
      const own = { ...context, Map: { Item: { Value: item, Index: place } } };
      const selected = state['ItemSelector'] === undefined ? item : fill(state['ItemSelector'], input, own);
      try {
        const output = await runStates(processor, selected, services, execution);
        outputs[place] = output;
        execution.items.set(`${name}/${place}`, output);
      } catch (error) {
        if (!(error instanceof StateError)) throw error;
        // Tolerated failure is zero: one item fails the map.
        if (Number(state['ToleratedFailurePercentage'] ?? 0) === 0) failure = error;
      }
    }
  };
  const most = Math.min(services.atOnce, Number(state['MaxConcurrency'] ?? services.atOnce));
  await Promise.all(Array.from({ length: most }, worker));
  if (failure !== null) throw new StateError('States.ExceedToleratedFailureThreshold', String(failure));
  return outputs;
}

/** Executes a definition: the states this project uses, and no others. Throws StateError where it fails. */
export async function runStates(
  definition: JsonObject,
  start: JsonValue,
  services: Services,
  execution: Execution,
): Promise<JsonValue> {
  const states = objectOf(definition['States']);
  let name = textOf(definition['StartAt']);
  let input = start;
  for (;;) {
    const state = objectOf(states[name]);
    const context: JsonObject = { StateMachine: { Id: services.machine } };
    let output: JsonValue = input;
    const here = name;
    switch (textOf(state['Type'])) {
      case 'Choice': {
        const rule = listOf(state['Choices'])
          .map(objectOf)
          .find((each) => holds(each, input));
        name = textOf(rule?.['Next'] ?? state['Default']);
        continue;
      }
      case 'Pass':
        output = state['Result'] ?? input;
        break;
      case 'Fail':
        throw new StateError(textOf(state['Error']), textOf(state['Cause']));
      case 'Task': {
        const parameters = objectOf(fill(state['Parameters'], input, context));
        output = await retried(state, async () => {
          execution.started[here] = (execution.started[here] ?? 0) + 1;
          return services.task(textOf(state['Resource']).replace('arn:aws:states:::', ''), parameters);
        });
        break;
      }
      case 'Map':
        output = await mapOver(name, state, input, services, execution);
        break;
      default:
        throw new Error(`a state of another kind: ${JSON.stringify(state['Type'])}`);
    }
    if (state['ResultSelector'] !== undefined) output = fill(state['ResultSelector'], output, context);
    const place = state['ResultPath'];
    if (place === null) output = input;
    else if (place !== undefined) output = { ...objectOf(input), [textOf(place).slice(2)]: output };
    if (state['OutputPath'] !== undefined) output = evaluate(textOf(state['OutputPath']), output, context);
    if (state['End'] === true) return output;
    name = textOf(state['Next']);
    input = output;
  }
}
