import iconv from 'iconv-lite';
import { describe, expect, test } from 'vitest';
import { decodeCharset, htmlToText, parseMessage } from '../../src/mime/index.ts';
import { message } from './record.ts';

const parse = (...lines: string[]) => parseMessage(message(...lines));

describe('text', () => {
  test.each([
    ['plain text', ['', 'one\r\ntwo\rthree\nfour\r\r\nfive'], 'one\ntwo\nthree\nfour\nfive'],
    ['flowed text', ['Content-Type: text/plain; format=flowed', '', 'a ', 'b', 'c'], 'a b\nc'],
    ['flowed text with DelSp', ['Content-Type: text/plain; format=flowed; delsp=yes', '', 'a ', 'b', ''], 'ab\n'],
    [
      'quoted flowed text',
      ['Content-Type: text/plain; format=flowed', '', '> a ', '> b', '>> c ', 'd'],
      '> a b\n>> c \nd',
    ],
    ['a signature', ['Content-Type: text/plain; format=flowed', '', 'a ', '-- ', 'Jane'], 'a \n-- \nJane'],
    ['space-stuffing', ['Content-Type: text/plain; format=flowed', '', ' >a', '  b'], '>a\n b'],
    ['a byte order mark', ['Content-Type: text/plain; charset=utf-8', '', '\ufeffa'], 'a'],
    [
      'text/enriched (RFC 1896)',
      ['Content-Type: text/enriched', '', '<Bold>a</Bold>', '<<b>,', '', 'c<color><param>red</param>d</color>', ''],
      'a <b>,\ncd\n',
    ],
    ['enriched text as it stands', ['Content-Type: text/enriched', '', '<nofill>a', '', 'b</nofill>'], 'a\n\nb\n'],
    [
      'text/richtext (RFC 1341)',
      ['Content-Type: text/richtext', '', '<bold>a</bold>', '<lt>b<nl>c<comment>d</comment><np>e', ''],
      'a <b\nc\n\ne\n',
    ],
    ['RTF alone', ['Content-Type: text/rtf', '', "{\\rtf1\\ansi a\\'e9\\par b}"], 'aé\nb'],
    ['text of an unknown kind (RFC 2046 §4.1.4)', ['Content-Type: text/x-foo; charset=utf-8', '', 'a ü'], 'a ü'],
    ['AMP alone', ['Content-Type: text/x-amp-html', '', '<p>a<p>b'], 'a\n\nb\n'],
    ['a named text of an unknown kind', ['Content-Type: text/x-foo; name=a.foo', '', 'a'], ''],
    ['a visiting card', ['Content-Type: text/vcard', '', 'BEGIN:VCARD'], ''],
    ['HTML alone', ['Content-Type: text/html', '', '<p>a<p>b'], 'a\n\nb\n'],
  ])('%s', (_, lines, expected) => {
    expect(parse(...lines).text).toBe(expected);
  });

  test('of an alternative is the plain one, unless that is blank', () => {
    const alternative = (plain: string) =>
      parse(
        'Content-Type: multipart/alternative; boundary=b',
        '',
        '--b',
        '',
        plain,
        '--b',
        'Content-Type: text/html',
        '',
        '<b>html</b>',
        '--b--',
      ).text;
    expect(alternative('plain')).toBe('plain');
    expect(alternative(' \r\n')).toBe('html\n');
  });

  test('of attachments and of messages within is not the message’s', () => {
    const { text, children } = parse(
      'Content-Type: multipart/mixed; boundary=b',
      '',
      '--b',
      '',
      'one',
      '--b',
      'Content-Disposition: attachment',
      '',
      'attached',
      '--b',
      'Content-Type: message/rfc822',
      '',
      'Subject: x',
      '',
      'inner',
      '--b',
      '',
      'two',
      '--b--',
    );
    expect(text).toBe('one\ntwo');
    expect(children.map((child) => (child.type === 'Email' ? child.text : ''))).toEqual(['inner']);
  });

  test('preview is the beginning with its blanks run together, and ends with a whole character', () => {
    const { email } = parse('Content-Type: text/plain; charset=utf-8', '', `a \r\n\t b ${'😀'.repeat(300)}`);
    expect(email.preview.startsWith('a b 😀')).toBe(true);
    expect(email.preview.length).toBe(256);
    expect(parse('Content-Type: text/plain; charset=utf-8', '', `a${'😀'.repeat(300)}`).email.preview.length).toBe(255);
  });

  test('a limit on text is told', () => {
    const { text, issues } = parseMessage(message('', '0123456789'), { limits: { maxTextBytes: 4 } });
    expect(text).toBe('0123');
    expect(issues).toMatchObject([{ code: 'LIMIT_REACHED', message: expect.stringContaining('maxTextBytes (4)') }]);
    const html = parseMessage(message('Content-Type: text/html', '', '0123456789'), {
      limits: { maxHtmlCharacters: 4 },
    });
    expect(html.text).toBe('0123\n');
    expect(html.issues).toMatchObject([
      { code: 'LIMIT_REACHED', message: expect.stringContaining('maxHtmlCharacters (4)') },
    ]);
  });
});

describe('HTML', () => {
  test.each([
    ['blocks', '<div>a</div><div>b</div><p>c</p>d', 'a\nb\n\nc\n\nd'],
    ['line breaks', 'a<br>b<br/><br>c', 'a\nb\n\nc'],
    ['cells', '<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>', 'a\tb\nc'],
    ['blanks', '  a \n\t b<b> c</b>d ', 'a b cd'],
    ['pre', '<pre>a  b\r\n c</pre>', 'a  b\n c'],
    ['entities', '&lt;a&gt; &amp; &eacute;&#233;&#xe9; &unknown; &copy 2', '<a> & ééé &unknown; © 2'],
    ['what is not shown', '<title>t</title><style>s{}</style><script>if (a<b) "</p>"</script><!-- c -->a', 'a'],
    ['attributes with brackets', '<a title="x > y" href=\'>\'>a</a>', 'a'],
    ['an open tag', 'a<b', 'a'],
    ['an open comment', 'a<!-- b', 'a'],
    ['a lone bracket', '1 < 2 > 1', '1 < 2 > 1'],
    ['conditional comments', '<!--[if mso]>a<![endif]--><![if !mso]>b<![endif]>', 'b'],
    ['an Office island', 'a<xml><o:x>b</o:x></xml><p>c', 'a\n\nc'],
    ['an island that never ends', '<XML>a</XML>b<xml><p>c</p>', 'b\n\nc'],
    ['nothing', '<p> </p>', ''],
  ])('%s', (_, html, expected) => {
    expect(htmlToText(html)).toBe(expected === '' ? '' : `${expected}\n`);
  });

  test('elements a hundred thousand deep', () => {
    expect(htmlToText(`${'<div><b>'.repeat(100_000)}a`)).toBe('a\n');
  });

  test('a page that names its own charset is read in it', () => {
    const octets = Buffer.from('Content-Type: text/html\n\n<meta charset="koi8-r"><p>\xf0\xd2\xc9', 'latin1');
    expect(parseMessage(octets).text).toBe('При\n');
  });
});

describe('charsets', () => {
  test.each([
    ['utf-8', 'c3a9', 'é', null],
    ['"UTF8"', 'c3a9', 'é', null],
    ['us-ascii', '61', 'a', null],
    ['ansi_x3.4-1968', '61', 'a', null],
    ['iso-8859-1', 'e9', 'é', null],
    ['iso-8859-1', '93', '“', 'CHARSET_GUESSED'],
    ['iso-8859-15', 'a4', '€', null],
    ['windows-1251', 'cff0e8', 'При', null],
    ['cp1251', 'cff0e8', 'При', null],
    ['koi8-r', 'f0d2c9', 'При', null],
    ['shift_jis', '93fa967b', '日本', null],
    ['euc-jp', 'c6fccbdc', '日本', null],
    ['iso-2022-jp', '1b2442467c4b5c1b2842', '日本', null],
    ['iso-2022-jp', '1b2849464b1b284261', 'ﾆﾋa', null],
    ['iso-2022-jp', '1b2442467c0a61', '日\na', null],
    ['iso-2022-jp-2', '1b24415650397a1b2842', '中国', null],
    ['iso-2022-kr', '1b2429430e475131390f', '한국', null],
    ['hz-gb-2312', '7e7b3c3a7e7d7e7e', '己~', null],
    ['big5', 'a4a4a4e5', '中文', null],
    ['gb2312', 'd6d0cec4', '中文', null],
    ['gb18030', '81308130', '\u0080', null],
    ['ks_c_5601-1987', 'c7d1b1b9', '한국', null],
    ['utf-16', 'fffe6100', 'a', null],
    ['utf-16be', '0061', 'a', null],
    ['utf-7', '2b414f6b2d', 'é', null],
    ['macintosh', '8e', 'é', null],
    ['ibm850', '82', 'é', null],
    ['tis-620', 'a1', 'ก', null],
    ['utf-8', 'ff61', '\ufffda', 'CHARSET_UNDECODABLE'],
    ['shift_jis', 'fd', '\ufffd', 'CHARSET_UNDECODABLE'],
    ['us-ascii', 'c3a9', 'é', 'CHARSET_GUESSED'],
    ['unknown-8bit', 'e9', 'é', 'CHARSET_GUESSED'],
    ['x-nothing', '61', 'a', 'CHARSET_UNKNOWN'],
    ['x-nothing', 'e9', 'é', 'CHARSET_UNKNOWN'],
    ['x-nothing', 'c3a9', 'é', 'CHARSET_UNKNOWN'],
    ['base64', '61', 'a', 'CHARSET_UNKNOWN'],
    ['x'.repeat(200), '61', 'a', 'CHARSET_UNKNOWN'],
    [null, 'c3a9', 'é', 'CHARSET_GUESSED'],
    [null, 'e9', 'é', 'CHARSET_GUESSED'],
    [null, 'fffe6100e900', 'aé', 'CHARSET_GUESSED'],
    [null, 'feff006100e9', 'aé', 'CHARSET_GUESSED'],
    [null, '61', 'a', null],
  ])('%s %s', (label, hex, expected, code) => {
    const { text, defect } = decodeCharset(Buffer.from(hex, 'hex'), label);
    expect(text).toBe(expected);
    expect(defect?.code ?? null).toBe(code);
  });

  test('the tables are iconv-lite’s: all 256 octets of windows-1252', () => {
    const octets = Buffer.from(Array.from({ length: 256 }, (_, octet) => octet));
    expect(decodeCharset(octets, 'windows-1252').text).toBe(iconv.decode(octets, 'windows-1252'));
  });
});
