"""Instances of the events of calendars, by icalendar, dateutil and RFC 5545, in UTC where there is a zone.

Reads [{text, zone, from, to}] and writes, for each, "start/end" of every instance that begins in [from, to) of local
time, in order. `zone` is the database's name of the zone the calendar means; null: it floats, is of whole days, or
defines its zone itself."""
import datetime, io, json, re, sys
from dateutil import tz
from dateutil.rrule import rruleset, rrulestr
from icalendar import Calendar

UTC = datetime.timezone.utc


def plain(value):
    """A DATE or DATE-TIME as local time without a zone, and whether it said UTC."""
    if not isinstance(value, datetime.datetime):
        return datetime.datetime.combine(value, datetime.time()), False
    return value.replace(tzinfo=None), value.tzinfo is not None and str(value.tzinfo) == 'UTC'


def listed(component, name):
    found = component.get(name, [])
    return [each for prop in (found if isinstance(found, list) else [found]) for each in prop.dts]


def instances(case):
    text = case['text']
    calendar = Calendar.from_ical(text)
    events = list(calendar.walk('VEVENT'))
    tzid = events[0]['DTSTART'].params.get('TZID')
    zone = tz.gettz(case['zone']) if case['zone'] else None
    if zone is None and 'BEGIN:VTIMEZONE' in text:
        zone = tz.tzical(io.StringIO(text)).get(tzid)
    start, start_utc = plain(events[0]['DTSTART'].dt)
    if start_utc:
        zone = tz.UTC
    whole = not isinstance(events[0]['DTSTART'].dt, datetime.datetime)

    def instant(local):
        return tz.resolve_imaginary(local.replace(tzinfo=zone)).astimezone(UTC)

    def on_clock(value):
        local, utc = plain(value)
        if utc and zone is not None:
            return local.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None)
        return local

    def read_rule(line):
        def until(match):
            value = match.group(1)
            moment = datetime.datetime.strptime(value.rstrip('Z'), '%Y%m%dT%H%M%S' if 'T' in value else '%Y%m%d')
            if value.endswith('Z') and zone is not None:
                moment = moment.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None)
            elif 'T' not in value:
                moment += datetime.timedelta(hours=23, minutes=59, seconds=59)
            return 'UNTIL=' + moment.strftime('%Y%m%dT%H%M%S')
        rule = re.sub(r'UNTIL=([0-9TZ]+)', until, line)
        if 'UNTIL' not in rule and 'COUNT' not in rule:
            rule += ';UNTIL=' + (datetime.datetime.fromisoformat(case['to']) + datetime.timedelta(days=2)).strftime('%Y%m%dT%H%M%S')
        return rrulestr(rule, dtstart=start)

    def lines(event, name):
        raw = event.to_ical().decode().replace('\r\n ', '')
        return re.findall(r'^%s[^:]*:(.*?)\r?$' % name, raw, re.M)

    def written(name):
        """Of the first event, as written: icalendar reads PT24H and P1D as the same."""
        unfolded = re.sub(r'\r?\n[ \t]', '', text)
        own = re.search(r'BEGIN:VEVENT(.*?)END:VEVENT', unfolded, re.S).group(1)
        return re.findall(r'^%s[^:]*:(.*?)\r?$' % name, own, re.M)

    def length_of(event, raw):
        if raw:
            days = re.search(r'(\d+)W', raw[0]), re.search(r'(\d+)D', raw[0])
            nominal = sum(int(each.group(1)) * by for each, by in zip(days, (7, 1)) if each)
            clock = re.search(r'T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?', raw[0])
            parts = [int(each or 0) for each in clock.groups()] if clock else [0, 0, 0]
            return nominal, datetime.timedelta(hours=parts[0], minutes=parts[1], seconds=parts[2])
        if 'DTEND' not in event:
            return (1 if whole else 0), datetime.timedelta()
        begin, end = plain(event['DTSTART'].dt)[0], on_clock(event['DTEND'].dt)
        if whole or zone is None:
            return (end - begin).days, datetime.timedelta(seconds=(end - begin).seconds)
        return 0, instant(end) - instant(begin)

    def shown(local, length):
        later = local + datetime.timedelta(days=length[0])
        if zone is None:
            return '%s/%s' % (local.isoformat(), (later + length[1]).isoformat())
        first, last = instant(local), instant(later) + length[1]
        return '%s/%s' % tuple(each.strftime('%Y-%m-%dT%H:%M:%SZ') for each in (first, last))

    master = events[0]
    length = length_of(master, written('DURATION'))
    every = rruleset()
    rules = written('RRULE')
    for rule in rules:
        every.rrule(read_rule(rule))
    if not rules:
        every.rdate(start)
    for rule in written('EXRULE'):
        every.exrule(read_rule(rule))
    lengths = {}
    for each in listed(master, 'RDATE'):
        if isinstance(each.dt, tuple):
            begin = on_clock(each.dt[0])
            end = each.dt[1]
            lengths[begin] = (0, end if isinstance(end, datetime.timedelta) else
                              (instant(on_clock(end)) - instant(begin) if zone else on_clock(end) - begin))
        else:
            begin = on_clock(each.dt)
        every.rdate(begin)
    for each in listed(master, 'EXDATE'):
        every.exdate(on_clock(each.dt))
    overrides, ranges = {}, []
    for event in events[1:]:
        named = on_clock(event['RECURRENCE-ID'].dt)
        overrides[named] = event
        if event['RECURRENCE-ID'].params.get('RANGE') == 'THISANDFUTURE':
            ranges.append((named, event))
    low, high = (datetime.datetime.fromisoformat(case[key]) for key in ('from', 'to'))
    rows = []
    for each in every.between(low - datetime.timedelta(days=2), high + datetime.timedelta(days=2), inc=True):
        begin, size = each, lengths.get(each, length)
        later = [(named, event) for named, event in ranges if named <= each]
        if each in overrides:
            begin, size = plain(overrides[each]['DTSTART'].dt)[0], length_of(overrides[each], lines(overrides[each], 'DURATION'))
        elif later:
            named, event = later[-1]
            begin = each + (plain(event['DTSTART'].dt)[0] - named)
            size = length_of(event, lines(event, 'DURATION'))
        if low <= begin < high:
            rows.append((begin, shown(begin, size)))
    return [row for _, row in rows]


json.dump([instances(case) for case in json.load(sys.stdin)], sys.stdout)
