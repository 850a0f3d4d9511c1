import type { CalendarItem, ParsedCalendar } from '../model/index.ts';
import { componentOf, readItem, type Surroundings } from './event/item.ts';
import { IssueList } from './issue-list.ts';
import { type JcalComponent, PropertyIndex } from './jcal/types.ts';
import { type ComponentNode, nameFor, readComponents } from './reader/components.ts';
import { decodeCalendar } from './reader/octets.ts';
import { basicZone } from './zone/basic.ts';
import { ZoneResolver } from './zone/resolve.ts';
import { readVtimezone, type ZoneDefinition } from './zone/vtimezone.ts';

export interface ParseCalendarOptions {
  /** The charset the MIME part declares; a calendar that is not UTF-8 is decoded by it. */
  readonly charset?: string;
  /** The method the MIME part declares, where the calendar itself has none (RFC 6047 §2.4). */
  readonly method?: string;
}

/** Every component of a tree, the tree's own first. Bounded in depth by the reader. */
function* within(node: ComponentNode): Generator<ComponentNode> {
  yield node;
  for (const child of node.children) yield* within(child);
}

function definitionsOf(root: ComponentNode, issues: IssueList): Map<string, ZoneDefinition> {
  const definitions = new Map<string, ZoneDefinition>();
  const texts = new Map<string, string>();
  for (const node of within(root)) {
    const definition = node.name === 'vtimezone' ? readVtimezone(node.jcal, issues) : null;
    if (definition === null) continue;
    const text = JSON.stringify(definition.definition);
    const known = texts.get(definition.id);
    if (known === undefined) {
      definitions.set(definition.id, definition);
      texts.set(definition.id, text);
    } else if (known !== text)
      issues.add('PROPERTY_REPEATED', 'A zone is defined twice, and not alike; the first is followed.', 'VTIMEZONE');
  }
  return definitions;
}

/** Components that are neither items nor parts of one. */
const PARTS = new Set(['vcalendar', 'vtimezone', 'standard', 'daylight', 'valarm']);

/** Overrides without their master: normal in a message about one instance, worth knowing in an export. */
function withMasters(items: readonly CalendarItem[], lists: readonly IssueList[]): readonly CalendarItem[] {
  const masters = new Set(items.filter((item) => item.recurrenceId === null).map((item) => item.uid));
  return items.map((item, place) => {
    const issues = lists[place];
    if (item.recurrenceId === null || masters.has(item.uid) || issues === undefined) return item;
    issues.add('MASTER_MISSING', 'The item changes one instance of a series that is not here.', 'RECURRENCE-ID');
    return { ...item, issues: issues.list() };
  });
}

/**
 * Reads a calendar: iCalendar (RFC 5545) or vCalendar 1.0, whole or damaged, in whatever encoding. Every VEVENT, VTODO,
 * VJOURNAL and VFREEBUSY is an item, in the order of the file. Never throws; what could not be read is in the issues.
 * Linear in the octets.
 */
export function parseCalendar(bytes: Uint8Array, options: ParseCalendarOptions = {}): ParsedCalendar {
  const issues = new IssueList();
  const roots = readComponents(decodeCalendar(bytes, options.charset ?? null, issues), issues);
  if (roots.length === 0) {
    issues.add('CALENDAR_UNREADABLE', 'No calendar component was found.');
    return { items: [], issues: issues.list() };
  }
  if (roots.some((root) => root.name !== 'vcalendar')) {
    issues.add('CALENDAR_WRAPPER_MISSING', 'Components stand without a VCALENDAR around them.');
  }
  const all = new Map<string, ZoneDefinition>();
  const own = roots.map((root) => definitionsOf(root, issues));
  for (const definitions of own) for (const [id, definition] of definitions) if (!all.has(id)) all.set(id, definition);

  const items: CalendarItem[] = [];
  const lists: IssueList[] = [];
  const unsupported = new Map<string, number>();
  for (const [place, root] of roots.entries()) {
    const calendar = root.name === 'vcalendar' ? new PropertyIndex(root.jcal) : null;
    const method = calendar?.text('method') ?? options.method ?? null;
    const around: Surroundings = {
      calendar,
      method: method === null ? null : method.trim().toUpperCase(),
      resolver: new ZoneResolver(own[place] ?? all, all),
      otherwise: calendar?.text('version') === '1.0' ? basicZone(calendar) : null,
    };
    for (const node of within(root)) {
      const component = componentOf(node.name);
      if (component !== null) {
        items.push(readItem(node, component, around));
        lists.push(node.issues);
      } else if (!PARTS.has(node.name) && node.issues === issues) {
        unsupported.set(node.name, (unsupported.get(node.name) ?? 0) + 1);
      }
    }
  }
  for (const [name, count] of unsupported) {
    issues.add('COMPONENT_UNSUPPORTED', `${count} ${nameFor(name)} is no item; it stays in the native bytes.`);
  }
  if (items.length === 0)
    issues.add('CALENDAR_EMPTY', 'The calendar holds no event, task, journal entry or free-busy time.');
  return { items: withMasters(items, lists), issues: issues.list() };
}

/** The calendars of octets as jCal (RFC 7265), verbatim: one component for each that stands at the top. Never throws. */
export function readJcal(bytes: Uint8Array, options: ParseCalendarOptions = {}): readonly JcalComponent[] {
  const issues = new IssueList();
  return readComponents(decodeCalendar(bytes, options.charset ?? null, issues), issues).map((root) => root.jcal);
}
