import type { JsonValue } from '../../model/index.ts';

/** RFC 7265 §3.5: parameter names in lower case, a list where there are several values. */
export type JcalParameters = { readonly [name: string]: string | readonly string[] };

/** RFC 7265 §3.4: name, parameters, type, then one value or more. */
export type JcalProperty = readonly [string, JcalParameters, string, ...JsonValue[]];

/** RFC 7265 §3.3: name, properties, components. */
export type JcalComponent = readonly [string, readonly JcalProperty[], readonly JcalComponent[]];

/** The first value of a parameter; names in lower case. */
export function parameter(property: JcalProperty, name: string): string | null {
  const parameters = property[1];
  // A parameter may be called `__proto__` or `constructor`: only own keys are parameters.
  const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
  return typeof value === 'string' ? value : (value?.[0] ?? null);
}

/** All values of a parameter. */
export function parameterList(property: JcalProperty, name: string): readonly string[] {
  const parameters = property[1];
  const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
  if (value === undefined) return [];
  return typeof value === 'string' ? [value] : value;
}

/** The values of a property. */
export function values(property: JcalProperty): readonly JsonValue[] {
  return property.slice(3);
}

/** A component's properties by name, so that looking one up costs the same however many there are. */
export class PropertyIndex {
  readonly #byName = new Map<string, JcalProperty[]>();

  constructor(component: JcalComponent) {
    for (const property of component[1]) {
      const same = this.#byName.get(property[0]);
      if (same === undefined) this.#byName.set(property[0], [property]);
      else same.push(property);
    }
  }

  all(name: string): readonly JcalProperty[] {
    return this.#byName.get(name) ?? [];
  }

  /** The first of that name: RFC 5545 lets most stand once only. */
  first(name: string): JcalProperty | null {
    return this.#byName.get(name)?.[0] ?? null;
  }

  /** The first value of the first property of that name, where it is text that says something. */
  text(name: string): string | null {
    const value = this.first(name)?.[3];
    return typeof value === 'string' && value !== '' ? value : null;
  }

  /** The first value of the first property of that name, where it is a whole number. */
  integer(name: string): number | null {
    const value = this.first(name)?.[3];
    return typeof value === 'number' && Number.isSafeInteger(value) ? value : null;
  }
}
