"""Reads every message of a packed file (decimal length, line feed, octets; again and again) with Python's email package and
prints what it makes of each as a line of JSON, in the shape of opinion.ts. What it fails at is left out."""
import datetime
import email
import email.policy
import hashlib
import json
import sys


def messages(path):
    with open(path, 'rb') as file:
        while line := file.readline():
            yield file.read(int(line))


def attempt(opinion, name, reading):
    try:
        opinion[name] = reading()
    except Exception:  # its own faults are no opinion
        pass


def mailboxes(message, name):
    field = message[name]
    if field is None:
        return []
    return [[address.display_name or None, address.addr_spec] for address in field.addresses]


def date(message):
    field = message['date']
    if field is None or field.datetime is None:
        return None
    moment = field.datetime
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=datetime.timezone.utc)
    return int(moment.timestamp())


def leaf(part):
    content = part.get_content_type()
    found = {'type': content, 'disposition': part.get_content_disposition(), 'name': part.get_filename()}
    if content.startswith('message/'):
        return found
    octets = part.get_payload(decode=True)
    found['sha256'] = hashlib.sha256(octets).hexdigest()
    if content == 'text/plain':
        try:
            found['text'] = octets.decode(part.get_content_charset() or 'us-ascii')
        except (LookupError, UnicodeDecodeError):
            pass
    return found


def leaves(part):
    if part.get_content_maintype() == 'multipart' and part.is_multipart():
        return [found for child in part.get_payload() for found in leaves(child)]
    return [leaf(part)]


for octets in messages(sys.argv[1]):
    opinion = {}
    try:
        message = email.message_from_bytes(octets, policy=email.policy.default)
    except Exception:
        print('{}')
        continue
    attempt(opinion, 'subject', lambda: None if message['subject'] is None else str(message['subject']))
    attempt(opinion, 'from', lambda: mailboxes(message, 'from'))
    attempt(opinion, 'to', lambda: mailboxes(message, 'to'))
    attempt(opinion, 'date', lambda: date(message))
    attempt(opinion, 'messageId', lambda: None if message['message-id'] is None else str(message['message-id']))
    attempt(opinion, 'leaves', lambda: leaves(message))
    print(json.dumps(opinion))
