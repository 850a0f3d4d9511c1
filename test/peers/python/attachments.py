"""SHA-256 of what stands within the items of calendar files, in order, by icalendar; null for a file it refuses."""
import base64, hashlib, json, multiprocessing, sys

ITEMS = ('VEVENT', 'VTODO', 'VJOURNAL', 'VFREEBUSY')


def held(component, name):
    found = component.get(name, [])
    for each in found if isinstance(found, list) else [found]:
        params = getattr(each, 'params', {})
        if params.get('VALUE', '').upper() == 'BINARY' or params.get('ENCODING', '').upper() == 'BASE64':
            text = each.to_ical() if hasattr(each, 'to_ical') else each
            text = text.encode() if isinstance(text, str) else text
            yield hashlib.sha256(base64.b64decode(text)).hexdigest()


def read(path):
    from icalendar import Calendar
    found = []
    try:
        for calendar in Calendar.from_ical(open(path, 'rb').read(), multiple=True):
            for item in calendar.walk():
                if item.name not in ITEMS:
                    continue
                for holder in [item] + [each for each in item.subcomponents if each.name == 'VALARM']:
                    for name in ('ATTACH', 'IMAGE'):
                        found.extend(held(holder, name))
    except Exception:
        return None
    return found


if __name__ == '__main__':
    # One process a file: icalendar keeps the zones of one calendar for the next.
    with multiprocessing.Pool(1, maxtasksperchild=1) as pool:
        json.dump(pool.map(read, json.load(sys.stdin), chunksize=1), sys.stdout)
