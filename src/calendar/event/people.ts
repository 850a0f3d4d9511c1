import type { JsonObject } from '../../model/index.ts';
import { type JcalProperty, type PropertyIndex, parameterList } from '../jcal/types.ts';
import { address, truths } from './values.ts';

/** Who takes part, in the order of the ids that participants get. */
export interface People {
  readonly people: readonly JcalProperty[];
  readonly isOwner: (uri: string) => boolean;
  /** The ids of those a parameter names by their addresses; an address of nobody here stays one. */
  readonly referred: (person: JcalProperty, name: string) => JsonObject | null;
}

const sameAddress = (uri: string): string => uri.trim().toLowerCase();

/** The organizer is the owner; where it attends too, both are one participant (RFC 8984 §4.4.6). */
export function peopleOf(properties: PropertyIndex): People {
  const organizer = properties.first('organizer');
  const attendees = properties.all('attendee');
  const owner = organizer === null ? null : sameAddress(address(organizer));
  const people =
    organizer === null || attendees.some((each) => sameAddress(address(each)) === owner)
      ? attendees
      : [organizer, ...attendees];
  const ids = new Map<string, string>();
  for (const [place, person] of people.entries()) {
    const key = sameAddress(address(person));
    if (!ids.has(key)) ids.set(key, String(place + 1));
  }
  return {
    people,
    isOwner: (uri) => sameAddress(uri) === owner,
    referred: (person, name) => truths(parameterList(person, name).map((uri) => ids.get(sameAddress(uri)) ?? uri)),
  };
}
