import { IssueList, quote } from '../issue-list.ts';
import type { JcalComponent, JcalProperty } from '../jcal/types.ts';
import { readContentLine } from './content-line.ts';
import { contentLines } from './lines.ts';
import { readProperty } from './property.ts';

/** Components deeper than this are not read: nesting must not exhaust the stack of whoever walks the tree. */
export const DEPTH_LIMIT = 16;

/** A component as read, with what is wrong within it. */
export interface ComponentNode {
  /** Lower case. */
  readonly name: string;
  readonly jcal: JcalComponent;
  readonly children: readonly ComponentNode[];
  /** An item's own issues; those of the file where it stands in none. */
  readonly issues: IssueList;
}

interface OpenNode extends ComponentNode {
  readonly properties: JcalProperty[];
  readonly components: JcalComponent[];
  readonly children: ComponentNode[];
  /** vCalendar 1.0. */
  basic: boolean;
}

const ITEMS = new Set(['vevent', 'vtodo', 'vjournal', 'vfreebusy']);
/** Components that never stand within one another: a new one ends what is open. */
const SIBLINGS = new Set([...ITEMS, 'vtimezone', 'vavailability']);
const COMPONENT_NAME = /^[a-z0-9-]{1,64}$/;

/** A component's name as issues show it: what is no name is quoted. */
export function nameFor(name: string): string {
  return COMPONENT_NAME.test(name) ? name.toUpperCase() : quote(name);
}

/** Reads content lines into components, whatever is missing, crossed or left over. */
class ComponentReader {
  readonly roots: ComponentNode[] = [];
  readonly #stack: OpenNode[] = [];
  readonly #issues: IssueList;
  /** Components open beyond the limit, or within such. */
  #tooDeep = 0;
  #strayLines = 0;
  #firstStray = '';

  constructor(issues: IssueList) {
    this.#issues = issues;
  }

  line(text: string): void {
    const line = readContentLine(text);
    const top = this.#stack.at(-1);
    if (line === null) {
      if (top === undefined) this.#stray(text);
      else top.issues.add('PROPERTY_MALFORMED', `A line has neither name nor value: ${quote(text)}.`);
      return;
    }
    if (line.name === 'begin') this.#begin(line.value.trim().toLowerCase());
    else if (line.name === 'end') this.#end(line.value.trim().toLowerCase());
    else if (top === undefined) this.#stray(text);
    else if (this.#tooDeep === 0) {
      const properties = readProperty(line, top.basic, top.issues);
      for (const property of properties) top.properties.push(property);
      if (line.name === 'version' && top.name === 'vcalendar') top.basic = line.value.trim() === '1.0';
    }
  }

  finish(): readonly ComponentNode[] {
    if (this.#stack.length > 0) this.#closeTo(0, 'the calendar ends before');
    if (this.#strayLines > 0) {
      const what = `${this.#strayLines} line${this.#strayLines === 1 ? '' : 's'} outside any component, the first ${quote(this.#firstStray)}`;
      this.#issues.add(
        this.roots.length === 0 ? 'CALENDAR_UNREADABLE' : 'CALENDAR_TRAILING_DATA',
        `There ${this.#strayLines === 1 ? 'is' : 'are'} ${what}.`,
      );
    }
    return this.roots;
  }

  #stray(text: string): void {
    if (text.trim() === '') return;
    if (this.#strayLines++ === 0) this.#firstStray = text.trim();
  }

  #begin(name: string): void {
    if (name === 'vcalendar' && this.#stack.length > 0) this.#closeTo(0, 'another VCALENDAR begins before');
    else if (SIBLINGS.has(name)) {
      const open = this.#stack.findIndex((node) => SIBLINGS.has(node.name));
      if (open !== -1) this.#closeTo(open, `a ${name.toUpperCase()} begins before`);
    }
    const parent = this.#stack.at(-1);
    if (this.#tooDeep > 0 || this.#stack.length >= DEPTH_LIMIT) {
      if (this.#tooDeep++ === 0) {
        parent?.issues.add('CALENDAR_LIMIT_REACHED', `Components nested deeper than ${DEPTH_LIMIT} were not read.`);
      }
      return;
    }
    if (!COMPONENT_NAME.test(name))
      (parent?.issues ?? this.#issues).add('PROPERTY_MALFORMED', `A component is named ${quote(name)}.`);
    const properties: JcalProperty[] = [];
    const components: JcalComponent[] = [];
    const inItem = parent !== undefined && parent.issues !== this.#issues;
    const node: OpenNode = {
      name,
      properties,
      components,
      children: [],
      jcal: [name, properties, components],
      issues: inItem ? parent.issues : ITEMS.has(name) ? new IssueList() : this.#issues,
      basic: parent?.basic ?? false,
    };
    if (parent === undefined) this.roots.push(node);
    else {
      parent.components.push(node.jcal);
      parent.children.push(node);
    }
    this.#stack.push(node);
  }

  #end(name: string): void {
    if (this.#tooDeep > 0) {
      this.#tooDeep--;
      return;
    }
    const open = this.#stack.findLastIndex((node) => node.name === name);
    if (open === -1) {
      (this.#stack.at(-1)?.issues ?? this.#issues).add('PROPERTY_MALFORMED', `END:${nameFor(name)} ends nothing.`);
      return;
    }
    if (open < this.#stack.length - 1) this.#closeTo(open + 1, `${nameFor(name)} ends before`);
    this.#stack.pop();
  }

  /** Closes all components from a depth on that their own END did not close. */
  #closeTo(depth: number, reason: string): void {
    for (const node of this.#stack.splice(depth)) {
      node.issues.add('CALENDAR_UNTERMINATED', `${nameFor(node.name)} has no END: ${reason} it does.`);
    }
    this.#tooDeep = 0;
  }
}

/** The components of a calendar's text. Never throws; what is wrong is in `issues` or in an item's own. */
export function readComponents(text: string, issues: IssueList): readonly ComponentNode[] {
  const reader = new ComponentReader(issues);
  for (const line of contentLines(text)) reader.line(line);
  return reader.finish();
}
