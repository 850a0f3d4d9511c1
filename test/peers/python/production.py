"""Reads a production as a loader would that trusts nobody, and prints what it finds wrong, a line each.

production.py FOLDER LOADFILE NUMBER NATIVE MD5: the names of three columns; MD5 may be "-".
"""
import csv, hashlib, io, os, re, sys, unicodedata

csv.field_size_limit(2**30)
folder, name, number, native, md5 = sys.argv[1:6]
faults = []
octets = open(os.path.join(folder, name), 'rb').read()
text = octets.decode('utf-8-sig')
if name.endswith('.dat'):
    if re.search(rb'(?<!\r)\n|\r(?!\n)', octets):
        faults.append('a line end that is not CR LF')
    rows = list(csv.reader(io.StringIO(text, newline=''), delimiter='\x14', quotechar='\xfe', doublequote=True, strict=True))
    # Loaders that know no quoting split at the separator and at CR LF alone.
    plain = [line.split('\x14') for line in text.split('\r\n')[:-1]]
    if [len(row) for row in plain] != [len(row) for row in rows]:
        faults.append('split without its quotes it has other columns')
    text = text.replace('\x14', '')
else:
    rows = list(csv.reader(io.StringIO(text, newline=''), strict=True))
    for row in rows:
        faults += [f'a formula: {cell[:40]!r}' for cell in row if re.match(r'\s*[=+@-]', cell) and not re.match(r'-?[\d.]+$', cell)]
if re.search('[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]', text):
    faults.append('control characters')
names = rows[0]
if {len(row) for row in rows} != {len(names)}:
    faults.append('rows of different widths')
place = {column: names.index(column) for column in (number, native, *([] if md5 == '-' else [md5]))}
if [row[place[number]] for row in rows[1:]] != ['MP%07d' % (at + 1) for at in range(len(rows) - 1)]:
    faults.append('numbers are not dense')
for row in rows[1:]:
    path = row[place[native]].replace('\\', '/')
    if path == '':
        continue
    found = hashlib.md5(open(os.path.join(folder, path), 'rb').read()).hexdigest()
    if md5 != '-' and found != row[place[md5]].lower():
        faults.append(f'{path} is not what its row says')
    if name.endswith('.dat'):
        for column, cell in zip(names, row):
            if 'date' in column.lower() and cell != '' and not re.match(r'\d\d/\d\d/(?:17[5-9]|1[89]\d|[2-9]\d\d)\d(?: [0-2]\d:[0-5]\d:[0-6]\d)?$', cell):
                faults.append(f'{column}: {cell}')
seen = {}
for root, _, files in os.walk(folder):
    for file in files:
        path = os.path.relpath(os.path.join(root, file), folder)
        key = unicodedata.normalize('NFC', path).casefold()
        if key in seen:
            faults.append(f'{path} and {seen[key]} are one name to Windows')
        seen[key] = path
        if len(path) > 230:
            faults.append(f'{path} is too long for Windows')
        for each in path.split(os.sep):
            if re.match(r'(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)', each, re.I) or each[-1] in '. ' or re.search('[<>:"|?*\\\\\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]', each):
                faults.append(f'{path} is no name to Windows')
for file in ('exceptions.csv', 'duplicates.csv'):
    table = list(csv.reader(open(os.path.join(folder, file), encoding='utf-8-sig', newline=''), strict=True))
    if len({len(row) for row in table}) != 1:
        faults.append(f'{file}: rows of different widths')
print(len(rows) - 1)
print('\n'.join(faults))
