/** Words and people of the generated mailbox. Names and addresses are invented; domains are RFC 2606's. */

export interface Person {
  readonly name: string;
  readonly address: string;
}

export const OWNER: Person = { name: 'Mara Lindqvist', address: 'mara.lindqvist@example.com' };

export const PEOPLE: readonly [Person, ...Person[]] = [
  { name: 'Tom Okafor', address: 'tom.okafor@example.com' },
  { name: 'Priya Natarajan', address: 'priya@example.com' },
  { name: 'Jürgen Weiß', address: 'juergen.weiss@example.net' },
  { name: 'Éloïse Lefèvre', address: 'eloise.lefevre@example.org' },
  { name: 'Иван Петров', address: 'ivan.petrov@example.net' },
  { name: '佐藤 健', address: 'k.sato@example.org' },
  { name: 'Łukasz Żak', address: 'lukasz.zak@example.net' },
  { name: '王小明', address: 'wang.xiaoming@example.org' },
  { name: 'דנה כהן', address: 'dana@example.net' },
  { name: 'Smith, Alan (Legal)', address: 'alan.smith+legal@example.com' },
  { name: '', address: 'billing@example.net' },
  { name: '', address: 'no-reply@example.org' },
  { name: 'Build "Bot" 7', address: 'build.bot@example.com' },
  { name: 'Sofía Núñez', address: 'sofia.nunez@example.net' },
  { name: "Siobhán O'Neill", address: "siobhan.o'neill@example.org" },
  { name: 'Facilities', address: 'facilities@example.com' },
];

export interface Charset {
  readonly charset: string;
  readonly encoding: '7bit' | '8bit' | 'quoted-printable' | 'base64';
}

export interface Language {
  readonly tag: string;
  /** Out of 100. */
  readonly weight: number;
  readonly charsets: readonly [Charset, ...Charset[]];
  readonly subjects: readonly [string, ...string[]];
  readonly sentences: readonly [string, ...string[]];
}

const UTF8_QUOTED: Charset = { charset: 'utf-8', encoding: 'quoted-printable' };
const UTF8_BASE64: Charset = { charset: 'utf-8', encoding: 'base64' };

/** Sentences are put together at random for every language but English, which has words of its own below. */
export const LANGUAGES: readonly [Language, ...Language[]] = [
  {
    tag: 'en',
    weight: 66,
    charsets: [
      { charset: 'us-ascii', encoding: '7bit' },
      { charset: 'utf-8', encoding: '7bit' },
      { charset: 'UTF-8', encoding: 'quoted-printable' },
      { charset: 'windows-1252', encoding: 'quoted-printable' },
    ],
    subjects: [
      'Quarterly figures',
      'Contract review before Friday, with the changes counsel asked for and two open questions',
      'Lunch?',
      'Server migration plan',
      'Invoice 20417',
      'Minutes of the meeting',
      'Holiday cover in August',
      'FW: [EXTERNAL] Delivery delayed',
    ],
    sentences: ['Please see below.'],
  },
  {
    tag: 'de',
    weight: 10,
    charsets: [
      { charset: 'iso-8859-1', encoding: 'quoted-printable' },
      { charset: 'utf-8', encoding: '8bit' },
      { charset: 'windows-1252', encoding: 'quoted-printable' },
      UTF8_QUOTED,
    ],
    subjects: ['Rückfrage zur Abrechnung', 'Übergabe am Montag', 'Protokoll der Besprechung für die Geschäftsführung'],
    sentences: [
      'Anbei erhalten Sie die überarbeiteten Unterlagen.',
      'Könnten wir den Termin auf nächste Woche verschieben?',
      'Die Maßnahmen müssen bis Ende des Monats geprüft werden.',
      'Für Rückfragen stehe ich Ihnen jederzeit gern zur Verfügung.',
      'Bitte prüfen Sie die Änderungen und geben Sie sie frei.',
    ],
  },
  {
    tag: 'fr',
    weight: 7,
    charsets: [UTF8_QUOTED, { charset: 'iso-8859-15', encoding: 'quoted-printable' }],
    subjects: ['Réunion d’équipe', 'Pièces jointes à vérifier', 'Relevé des dépenses de l’été'],
    sentences: [
      'Veuillez trouver ci-joint le relevé demandé.',
      'La réunion est reportée à jeudi prochain.',
      'Nous avons bien reçu votre réponse et vous en remercions.',
      'Les écarts relevés l’année dernière ont été corrigés.',
    ],
  },
  {
    tag: 'pl',
    weight: 3,
    charsets: [{ charset: 'iso-8859-2', encoding: 'quoted-printable' }, UTF8_BASE64],
    subjects: ['Zażółć gęślą jaźń', 'Umowa najmu'],
    sentences: ['Proszę o potwierdzenie odbioru.', 'Załączam podpisaną umowę.', 'Spotkanie odbędzie się w środę.'],
  },
  {
    tag: 'ru',
    weight: 5,
    charsets: [{ charset: 'koi8-r', encoding: 'base64' }, { charset: 'windows-1251', encoding: '8bit' }, UTF8_BASE64],
    subjects: ['Договор поставки', 'Отчёт за квартал'],
    sentences: [
      'Направляю подписанный договор.',
      'Просим подтвердить получение письма.',
      'Отчёт будет готов к концу недели.',
      'Все замечания учтены в новой редакции.',
    ],
  },
  {
    tag: 'ja',
    weight: 5,
    charsets: [{ charset: 'iso-2022-jp', encoding: '7bit' }, { charset: 'shift_jis', encoding: 'base64' }, UTF8_BASE64],
    subjects: ['会議の議事録', '見積書の件'],
    sentences: [
      'お世話になっております。',
      '会議の議事録をお送りします。',
      'ご確認のほどよろしくお願いいたします。',
      '来週の予定を変更したいと思います。',
    ],
  },
  {
    tag: 'zh',
    weight: 2,
    charsets: [{ charset: 'gb18030', encoding: 'base64' }, { charset: 'big5', encoding: 'base64' }, UTF8_BASE64],
    subjects: ['合同', '季度'],
    sentences: ['附件中文件已更新。', '下周再安排。', '收到，明白。'],
  },
  {
    tag: 'he',
    weight: 2,
    charsets: [{ charset: 'windows-1255', encoding: '8bit' }, UTF8_BASE64],
    subjects: ['סיכום הפגישה', 'חשבונית'],
    sentences: ['מצורף הקובץ שביקשת.', 'נא לאשר את קבלת ההודעה.', 'הפגישה נדחתה ליום רביעי.'],
  },
];

export const WORDS: readonly [string, ...string[]] = words(`
  about account action address after again agreed all already also amount and another answer any approach approved
  archive are around attached available back based because been before being below between board both budget build
  business but call came can case change charge check clear client close code come committee company complete confirm
  contract copy cost could counsel count customer data date day deadline decide decision deliver department design
  detail different direct discuss document does done down draft during each early email end enough estimate even every
  evidence exact example expect export failed few figure file final find first five follow for form forward found four
  from full further gave general get give goes good group had half hand has have held help here high hold hour however
  idea important include inform inside interest into invoice issue item its job join just keep key kind know large last
  late later lead leave legal less letter level like line list little long look low made mail main make manage many
  mark market matter may mean meet meeting member message might minute missing monday month more morning most move much
  must name near need network never new next none note nothing notice now number off offer office old once one only
  open option order other our out over owner page paid part party past pay people perhaps period person place plan
  please point policy position possible present price print problem process product project proof provide public
  purpose put quality quarter question quick quite rate rather reach read ready reason receive record refer region
  release remain report request require research rest result return review right risk room rule run said same save say
  schedule second section see seem send sent service set several share should show side sign since site size small
  some soon source space staff stage standard start state step still stop store such summary supply support sure system
  table take talk team tell term test than that the their them then there these they thing think this those three
  through time today together told tomorrow too total toward trade turn two type under until update upon use user
  value version very view wait want was way week well went were what when where whether which while who whole why will
  with within without word work world would write year yes yesterday yet you your`);

function words(text: string): readonly [string, ...string[]] {
  const [first = 'the', ...rest] = text.trim().split(/\s+/);
  return [first, ...rest];
}
