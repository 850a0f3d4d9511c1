/** Schedule+ and Microsoft Mail names as attMessageClass writes them (MS-OXTNEF 2.1.3.3.2). */
const LEGACY: ReadonlyMap<string, string> = new Map([
  ['ipm.microsoft mail.note', 'IPM.Note'],
  ['ipm.microsoft mail.read receipt', 'Report.IPM.Note.IPNRN'],
  ['ipm.microsoft mail.non-delivery', 'Report.IPM.Note.NDR'],
  ['ipm.microsoft schedule.mtgrespp', 'IPM.Schedule.Meeting.Resp.Pos'],
  ['ipm.microsoft schedule.mtgrespn', 'IPM.Schedule.Meeting.Resp.Neg'],
  ['ipm.microsoft schedule.mtgrespa', 'IPM.Schedule.Meeting.Resp.Tent'],
  ['ipm.microsoft schedule.mtgreq', 'IPM.Schedule.Meeting.Request'],
  ['ipm.microsoft schedule.mtgcncl', 'IPM.Schedule.Meeting.Canceled'],
]);

/** The MAPI message class an attMessageClass value stands for. */
export function mapiMessageClass(name: string): string {
  return LEGACY.get(name.toLowerCase()) ?? name;
}
