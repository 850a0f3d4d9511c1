"""Writes hard messages as a packed file (decimal length, line feed, octets; again and again): python generate.py COUNT SEED PATH.
Half are made by Python's email package and then damaged, half are put together by hand. The same count and seed give the
same octets."""
import base64
import binascii
import datetime
import quopri
import random
import sys
from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import quote

TEXTS = {
    'us-ascii': ['Meeting notes', 'Quarterly report attached', 'Hello, World: part two', 'Re: [list] what now?'],
    'iso-8859-1': ['Grüße aus Köln', 'Déjà vu à la carte', 'Señor Muñoz y el niño'],
    'iso-8859-2': ['Příliš žluťoučký kůň', 'Zażółć gęślą jaźń'],
    'windows-1252': ['“Smart quotes” – and €5', 'It’s naïve…'],
    'utf-8': ['Ünïcödé ✓ 漢字 Привет', 'emoji 😀🎉 and more', 'Ελληνικά κείμενα'],
    'koi8-r': ['Привет, мир', 'Отчёт за квартал'],
    'windows-1251': ['Договор №5 от пятницы', 'Счёт на оплату'],
    'iso-2022-jp': ['会議の議事録', 'お知らせ：明日の予定'],
    'shift_jis': ['添付ファイルの件', 'テスト表示ソ能'],
    'euc-jp': ['日本語のメール'],
    'gb2312': ['会议通知和附件', '你好世界'],
    'gb18030': ['繁體與简体㐀'],
    'big5': ['會議記錄附件'],
    'euc-kr': ['안녕하세요 세계', '회의록 첨부'],
    'iso-8859-7': ['Καλημέρα κόσμε'],
    'windows-1256': ['مرحبا بالعالم'],
    'iso-8859-15': ['Prix: 10 € œuvre'],
}
ZONES = ['+0000', '-0700', '+0530', 'GMT', 'EST', 'PDT', 'UT', '-0000', '+0200 (CEST)', '(comment) +0100']
MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']
NAMES = ['report.pdf', 'photo 1.jpg', 'Grüße.txt', '会議.xlsx', 'a;b.doc', 'quote"d.bin', "it's (final).zip", 'no-extension', 'Отчёт.docx', 'x' * 90 + '.dat']
TYPES = ['application/pdf', 'image/jpeg', 'application/octet-stream', 'application/zip', 'image/png', 'audio/mpeg', 'application/vnd.ms-excel', 'text/csv', 'application/ms-tnef']


def word(text, charset, rng, kind=None, cut=False):
    """Encoded words of a text; `cut` splits within characters, as bad encoders do."""
    octets = text.encode(charset, 'replace')
    kind = kind or rng.choice('BQbq')
    size = rng.randint(9, 40)
    if charset == 'iso-2022-jp' or not cut:
        pieces, piece = [], ''
        for character in text:
            if len((piece + character).encode(charset, 'replace')) > size + 8:
                pieces.append(piece.encode(charset, 'replace'))
                piece = ''
            piece += character
        pieces.append(piece.encode(charset, 'replace'))
    else:
        pieces = [octets[at:at + size] for at in range(0, len(octets), size)]

    def one(piece):
        if kind in 'Bb':
            return f'=?{charset}?{kind}?{base64.b64encode(piece).decode()}?='
        body = ''.join('_' if octet == 32 else chr(octet) if chr(octet).isalnum() and octet < 128 else f'={octet:02X}' for octet in piece)
        return f'=?{charset}?{kind}?{body}?='

    return rng.choice([' ', '\n ', '\n\t']).join(one(piece) for piece in pieces)


def some_text(rng, lines=1):
    charset = rng.choice(list(TEXTS))
    return charset, '\n'.join(rng.choice(TEXTS[charset]) for _ in range(lines))


def address(rng):
    local = rng.choice(['jo', 'a.b', 'x+tag', 'first.last', 'o\'neil', 'under_score', '1234'])
    spec = f'{local}@{rng.choice(["example.com", "mail.example.org", "sub.dom.example"])}'
    charset, text = some_text(rng)
    text = text.replace('[', '').replace(']', '')
    return rng.choice([
        spec, f'<{spec}>', f'"Doe, Jane" <{spec}>', f'Plain Name <{spec}>', f'{spec} (A Comment)',
        f'{word(text, charset, rng)} <{spec}>', f'"Esc \\"q\\" d" <{spec}>', f'"{spec}" <{spec}>',
        f'Name <{spec}>', f'  Spaced   Name   <{spec}>', f'"J. P. Doe"<{spec}>', f'J. P. Doe <{spec}>',
    ])


def addresses(rng):
    many = [address(rng) for _ in range(rng.choice([1, 1, 1, 2, 3, 8]))]
    joined = rng.choice([', ', ',', ',\n ', ',\n\t']).join(many)
    return rng.choice([joined, joined, joined, joined, f'Team: {joined};', 'undisclosed-recipients:;'])


def date(rng):
    day, month, year = rng.randint(1, 28), rng.randint(1, 12), rng.randint(1995, 2025)
    name = DAYS[datetime.date(year, month, day).weekday()]
    clock = f'{rng.randint(0, 23):02}:{rng.randint(0, 59):02}:{rng.randint(0, 59):02}'
    zone = rng.choice(ZONES)
    m = MONTHS[month - 1]
    return rng.choice([
        f'{name}, {day} {m} {year} {clock} {zone}', f'{day} {m} {year} {clock} {zone}', f'{name}, {day:02} {m} {year} {clock} {zone}',
        f'{name}, {day} {m} {year} {clock[:5]} {zone}', f'{name}, {day} {m} {year % 100:02} {clock} {zone}', f'{name},  {day}  {m}  {year}\n {clock} {zone}',
        f'{name}, {day} {m} {year} {clock} {zone}', f'{name} {m} {day:2} {clock} {year}', f'{name.lower()}, {day} {m.upper()} {year} {clock} {zone}',
        f'{year}-{month:02}-{day:02}T{clock}Z',
        rng.choice(['not a date', '', 'Mon, 32 Foo 2020 99:99:99 +0000', f'{day} {m}', 'lundi 3 janvier 2011 10:00']),
    ])


def header(rng):
    charset, text = some_text(rng)
    if charset == 'us-ascii' and rng.random() < .5:
        subject = text
    else:
        subject = rng.choice([
            word(text, charset, rng), word(text, charset, rng), word(text, charset, rng, cut=True), 'Re: ' + word(text, charset, rng),
            word(text, charset, rng) + ' tail words', 'broken =?utf-8?B?no end', f'=?{charset}?X?abc?=', 'a  double  space',
            text.encode('utf-8').decode('latin-1'), '', word(text, charset, rng, 'Q').replace('?Q?', '?q?'),
            '=?us-ascii?Q?one?= =?us-ascii?Q?_two?= three', 'folded\n over\n\ttwo lines', 'trailing blanks   ',
        ])
    fields = [
        ('From', address(rng)), ('To', addresses(rng)), ('Subject', subject), ('Date', date(rng)),
        ('Message-ID', rng.choice([f'<{rng.randint(1, 9**9)}.{rng.randint(1, 9**9)}@example.com>', f'<{rng.randint(1, 9**9)}$x@host>', f'\n <{rng.randint(1, 9**20)}@very.long.example.com>'])),
        ('MIME-Version', rng.choice(['1.0', '1.0 (made by hand)', '1.0'])), ('X-Odd', rng.choice(['a:b', '  spaced', '=?x?=', ';;;'])),
    ]
    rng.shuffle(fields)
    spell = rng.choice([str, str, str, str.lower, str.upper])
    blank = rng.choice([' ', ' ', ' ', '', '\t'])
    return ''.join(f'{spell(name)}:{blank}{value}\n' for name, value in fields)


def transfer(octets, encoding, rng):
    if encoding == 'base64':
        text = base64.b64encode(octets).decode()
        width = rng.choice([76, 76, 76, 60, 72, 4, 1000])
        lines = [text[at:at + width] for at in range(0, len(text), width)]
        damage = rng.random()
        if damage < .06:
            lines.insert(rng.randint(0, len(lines)), '')
        elif damage < .1 and lines:
            lines[-1] = lines[-1].rstrip('=')
        elif damage < .14:
            lines = [line + '  ' for line in lines]
        return '\n'.join(lines) + '\n'
    if encoding == 'quoted-printable':
        return quopri.encodestring(octets).decode('latin-1')
    return octets.decode('latin-1')


def text_part(rng, subtype='plain'):
    charset, text = some_text(rng, rng.randint(1, 12))
    if subtype == 'html':
        text = f'<html><body><p>{text.replace(chr(10), "</p><p>")}</p></body></html>'
    octets = (text + '\n').encode(charset, 'replace')
    seven = charset in ('us-ascii', 'iso-2022-jp')
    encoding = rng.choice(['base64', 'quoted-printable', '7bit' if seven else '8bit'])
    label = rng.choice([charset, f'"{charset}"', charset.upper()])
    more = rng.choice(['', '', '', '; format=flowed', '; reply-type=original', ' ;'])
    spelled = rng.choice([encoding, encoding.upper(), encoding + ' ', f'{encoding}'])
    head = f'Content-Type: text/{subtype}; charset={label}{more}\nContent-Transfer-Encoding: {spelled}\n'
    if rng.random() < .1:
        head += 'Content-Disposition: inline\n'
    return head + '\n' + transfer(octets, encoding, rng)


def file_name(rng, name):
    ascii_only = name.isascii()
    quoted = name.replace('\\', '\\\\').replace('"', '\\"')
    forms = [f'*=utf-8\'\'{quote(name)}']
    if ascii_only:
        forms += [f'="{quoted}"'] * 3
    else:
        forms += [f'="{word(name, "utf-8", rng).replace(chr(10), "")}"', f'="{name.encode("utf-8").decode("latin-1")}"']
    spelled = quote(name)
    forms.append(f'*0*=utf-8\'\'{spelled[:len(spelled) // 2 // 3 * 3]};\n filename*1*={spelled[len(spelled) // 2 // 3 * 3:]}' if '%' not in spelled[:len(spelled) // 2 // 3 * 3][-2:] else f'*=utf-8\'\'{spelled}')
    return rng.choice(forms)


def attachment(rng):
    octets = rng.choice([rng.randbytes(rng.randint(0, 3000)), b'', b'%PDF-1.4\n' + rng.randbytes(200), b'a,b\r\n1,2\r\n' * 20, b'\x89PNG\r\n\x1a\n' + rng.randbytes(100)])
    kind = rng.choice(TYPES)
    name = rng.choice(NAMES)
    disposition = rng.choice(['attachment', 'attachment', 'attachment', 'inline', 'ATTACHMENT'])
    form = file_name(rng, name)
    head = f'Content-Type: {kind}{rng.choice(["", "; name=x.bin"])}\nContent-Disposition: {disposition}; filename{form}\n'
    encoding = rng.choice(['base64', 'base64', 'base64', 'quoted-printable'])
    if rng.random() < .2:
        head += f'Content-ID: <{rng.randint(1, 9**9)}@example>\n'
    return head + f'Content-Transfer-Encoding: {encoding}\n\n' + transfer(octets, encoding, rng)


def embedded(rng):
    inner = header(rng) + text_part(rng)
    disposition = rng.choice(['attachment', 'attachment; filename="fwd.eml"'])
    return f'Content-Type: message/rfc822\nContent-Disposition: {disposition}\n\n' + inner


def multipart(rng, parts, subtype):
    boundary = rng.choice([f'----=_Part_{rng.randint(1, 9**9)}', f'b{rng.randint(1, 9**9)}', f"=_{rng.randint(1, 9**9)}'()+,-./:?", f'{rng.randint(1, 9**9)}=='])
    quoted = boundary if boundary[0] == 'b' and rng.random() < .5 else f'"{boundary}"'
    damage = rng.random()
    blanks = '  ' if damage < .06 else ''
    prologue = rng.choice(['', '', 'This is a multi-part message in MIME format.\n', '\n'])
    body = prologue
    for part in parts:
        body += f'--{boundary}{blanks}\n{part}'
        if not body.endswith('\n') or rng.random() < .5:
            body += '\n'
    if not .06 <= damage < .12:
        body += f'--{boundary}--{blanks}\n'
    body += rng.choice(['', '', '', '\nepilogue text\n', '\n\n'])
    more = '; type="text/html"' if subtype == 'related' else ''
    return f'Content-Type: multipart/{subtype};{rng.choice([" ", chr(10) + " ", chr(10) + chr(9)])}boundary={quoted}{more}\n\n{body}'


def body(rng, depth=0):
    kind = rng.random()
    if kind < .2:
        return text_part(rng)
    if kind < .3:
        return multipart(rng, [text_part(rng), text_part(rng, 'html')], 'alternative')
    if kind < .55:
        return multipart(rng, [text_part(rng), *(attachment(rng) for _ in range(rng.randint(1, 4)))], 'mixed')
    if kind < .65:
        inner = multipart(rng, [text_part(rng), text_part(rng, 'html')], 'alternative')
        return multipart(rng, [inner, attachment(rng)], 'mixed')
    if kind < .73:
        related = multipart(rng, [text_part(rng, 'html'), attachment(rng)], 'related')
        return multipart(rng, [text_part(rng), related], 'alternative')
    if kind < .8:
        return multipart(rng, [text_part(rng), embedded(rng)], 'mixed')
    if kind < .84:
        text = 'see below\n\nbegin 644 file.bin\n' + ''.join(binascii.b2a_uu(rng.randbytes(45)).decode() for _ in range(4)) + '`\nend\n'
        return f'Content-Type: text/plain; charset=us-ascii\n\n{text}'
    if kind < .88:
        return f'Content-Type: {rng.choice(["text", "plain text", "", "text/plain; charset", "TEXT/PLAIN; CHARSET=US-ASCII;;"])}\n\njust text\nof two lines\n'
    if kind < .92:
        return '\nno Content-Type at all\n'
    if kind < .95:
        return attachment(rng)
    if depth < 4:
        return multipart(rng, [text_part(rng), body(rng, depth + 1)], 'mixed')
    return text_part(rng)


def by_email_package(rng):
    message = EmailMessage(policy=SMTP)
    charset, text = some_text(rng)
    message['Subject'] = text
    message['From'] = f'{rng.choice(["Ann Other", "Jürgen Müller", "山田太郎", "Pat O’Neil"])} <ann@example.com>'
    message['To'] = ', '.join(f'Person {number} <p{number}@example.org>' for number in range(rng.choice([1, 2, 30])))
    message['Date'] = f'{rng.choice(DAYS)}, {rng.randint(1, 28)} {rng.choice(MONTHS)} {rng.randint(1995, 2025)} 12:00:00 {rng.choice(["+0000", "-0500", "+0930"])}'
    message['Message-ID'] = f'<{rng.randint(1, 9**12)}@example.com>'
    charset, text = some_text(rng, rng.randint(1, 30))
    try:
        message.set_content(text + '\n', charset=charset, cte=rng.choice(['base64', 'quoted-printable']))
    except (LookupError, UnicodeEncodeError):
        message.set_content(text + '\n')
    if rng.random() < .4:
        message.add_alternative(f'<p>{text}</p>', subtype='html')
    for _ in range(rng.choice([0, 0, 1, 3])):
        main, sub = rng.choice(TYPES[:7]).split('/')
        message.add_attachment(rng.randbytes(rng.randint(0, 5000)), maintype=main, subtype=sub, filename=rng.choice(NAMES))
    if rng.random() < .1:
        inner = EmailMessage(policy=SMTP)
        inner['Subject'] = 'inner'
        inner.set_content('inner text\n')
        message.add_attachment(inner)
    return message.as_bytes()


def line_ends(octets, rng):
    plain = octets.replace(b'\r\n', b'\n')
    kind = rng.random()
    if kind < .45:
        return plain.replace(b'\n', b'\r\n')
    if kind < .9:
        return plain
    lines = plain.split(b'\n')
    return b''.join(line + rng.choice([b'\n', b'\r\n']) for line in lines[:-1]) + lines[-1]


def damaged(octets, rng):
    kind = rng.random()
    if kind < .02:
        return octets[:rng.randint(len(octets) // 2, len(octets))]
    if kind < .04:
        return b'From jo@example.com Mon Jan  1 00:00:00 2001\n' + octets
    if kind < .05:
        return octets.replace(b'Subject:', b'Subject :', 1)
    if kind < .15:
        lines = octets.split(b'\n')
        place = rng.randrange(len(lines))
        if kind < .075:
            del lines[place]
        elif kind < .1:
            lines.insert(place, lines[place])
        elif kind < .125:
            lines[place] += b'  '
        else:
            blank = next((at for at, line in enumerate(lines) if line.strip() == b'' and at >= place), None)
            if blank is not None:
                del lines[blank]
        return b'\n'.join(lines)
    return octets


def as_octets(text):
    """Text whose characters below 256 are octets; others, in header text, become UTF-8."""
    return b''.join(bytes([ord(character)]) if ord(character) < 256 else character.encode('utf-8') for character in text)


count, seed, path = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
with open(path, 'wb') as file:
    for number in range(count):
        chance = random.Random(seed * 1_000_003 + number)
        random.seed(seed * 1_000_003 + number)  # the email package takes its boundaries from there
        made = by_email_package(chance) if number % 4 == 0 else as_octets(header(chance) + body(chance))
        made = damaged(line_ends(made, chance), chance)
        file.write(b'%d\n' % len(made))
        file.write(made)
