import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

export interface ScriptedFolder {
  /** As it goes over the wire: modified UTF-7. */
  readonly name: string;
  readonly flags?: string;
  /** What EXAMINE is refused with. */
  readonly refusal?: string;
  validity: number;
  /** UID and header of each message. */
  messages: { readonly uid: number; readonly header: string }[];
}

export interface Script {
  readonly folders: ScriptedFolder[];
  readonly delimiter?: string;
  /** Called before a FETCH is answered; what it gives decides. */
  onFetch?: (count: number) => 'drop' | 'cut' | 'repeat' | 'hang' | null;
  /** Whether STATUS is refused. */
  readonly statusRefused?: boolean;
}

export interface ScriptedServer {
  readonly port: number;
  /** Every command, without its tag. */
  readonly commands: string[];
  close(): Promise<void>;
}

/**
 * An IMAP4rev1 server as plain as WorkMail's: no extensions, a delimiter of its own, no sets with commas. It records what it
 * is told, so that a test can say what was never asked.
 */
export async function startScript(script: Script): Promise<ScriptedServer> {
  const commands: string[] = [];
  const sockets = new Set<Socket>();
  const delimiter = script.delimiter ?? '/';
  let fetches = 0;
  const named = (argument: string) =>
    script.folders.find(({ name }) => argument.includes(`"${name}"`) || argument === name);

  function serve(socket: Socket): void {
    let selected: ScriptedFolder | undefined;
    let text = '';
    const say = (line: string) => socket.write(`${line}\r\n`);
    const fetched = (tag: string, rest: string, byUid: boolean) => {
      const [, set = ''] = /^(\S+)/.exec(rest) ?? [];
      if (set.includes(',')) return say(`${tag} BAD Invalid messageset`);
      const [from = '1', to = from] = set.split(':');
      const all = selected?.messages ?? [];
      const end = to === '*' ? Number.POSITIVE_INFINITY : Number(to);
      const hits = all
        .map((message, place) => ({ ...message, sequence: place + 1 }))
        .filter(({ uid, sequence }) => (byUid ? uid : sequence) >= Number(from) && (byUid ? uid : sequence) <= end);
      const what = script.onFetch?.(++fetches) ?? null;
      if (what === 'hang') return;
      const kept = what === 'cut' || what === 'drop' ? hits.slice(0, Math.ceil(hits.length / 2)) : hits;
      for (const { sequence, uid, header } of what === 'repeat' ? [...kept, ...kept].reverse() : kept) {
        const fields = `BODY[HEADER.FIELDS (MESSAGE-ID DATE FROM SUBJECT)] {${Buffer.byteLength(header)}}\r\n${header}`;
        say(
          `* ${sequence} FETCH (UID ${uid} RFC822.SIZE ${header.length} INTERNALDATE "01-Jan-2026 10:00:00 +0000" ${fields})`,
        );
      }
      if (what === 'drop') return socket.destroy();
      return say(`${tag} OK done`);
    };
    const answer = (line: string) => {
      const [, tag = '', command = '', rest = ''] = /^(\S+) (\S+) ?(.*)$/.exec(line) ?? [];
      commands.push(`${command} ${rest}`.trim());
      const verb = command.toUpperCase();
      if (verb === 'CAPABILITY') say('* CAPABILITY IMAP4rev1');
      if (verb === 'LOGIN' && !rest.includes('right')) return say(`${tag} NO [AUTHENTICATIONFAILED] wrong`);
      // RFC 3501 §6.3.8: an empty mailbox name asks for the delimiter and the root.
      if (verb === 'LIST' && rest === '"" ""') say(`* LIST (\\Noselect) "${delimiter}" ""`);
      else if (verb === 'LIST') {
        for (const { name, flags = '' } of script.folders) say(`* LIST (${flags}) "${delimiter}" "${name}"`);
      }
      if (verb === 'STATUS' && script.statusRefused === true) return say(`${tag} NO not allowed`);
      if (verb === 'STATUS') {
        const folder = named(rest.replace(/ \(.*$/, ''));
        say(`* STATUS "${folder?.name ?? ''}" (MESSAGES ${folder?.messages.length ?? 0})`);
      }
      if (verb === 'EXAMINE' || verb === 'SELECT') {
        selected = named(rest);
        if (selected === undefined) return say(`${tag} NO there is no such folder`);
        if (selected.refusal !== undefined) return say(`${tag} NO ${selected.refusal}`);
        say('* FLAGS ()');
        say(`* ${selected.messages.length} EXISTS`);
        say(`* OK [UIDVALIDITY ${selected.validity}] valid`);
        say(`* OK [UIDNEXT ${(selected.messages.at(-1)?.uid ?? 0) + 1}] next`);
        return say(`${tag} OK [READ-ONLY] done`);
      }
      if (verb === 'FETCH') return fetched(tag, rest, false);
      if (verb === 'UID' && rest.startsWith('FETCH')) return fetched(tag, rest.slice(6), true);
      if (verb === 'SEARCH') {
        const from = Number(/UID (\d+):/i.exec(rest)?.[1] ?? 1);
        const hits = (selected?.messages ?? []).flatMap(({ uid }, place) => (uid >= from ? [place + 1] : []));
        // `n:*` always names the last message.
        say(`* SEARCH ${(hits.length > 0 ? hits : [selected?.messages.length ?? 0]).join(' ')}`);
      }
      if (verb === 'LOGOUT') {
        say('* BYE');
        say(`${tag} OK done`);
        return socket.end();
      }
      return say(`${tag} OK done`);
    };
    socket.setEncoding('utf8');
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (chunk: string) => {
      text += chunk;
      for (let end = text.indexOf('\r\n'); end !== -1; end = text.indexOf('\r\n')) {
        const line = text.slice(0, end);
        text = text.slice(end + 2);
        answer(line);
      }
    });
    say('* OK ready');
  }

  const server: Server = createServer((socket) => {
    sockets.add(socket);
    serve(socket);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    port: (server.address() as AddressInfo).port,
    commands,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}
