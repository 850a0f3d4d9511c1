/** The post-job hook: events in, one manifest beside each export, its verdict told. */
export type { Announcement, Announcer } from './announce.ts';
export { eventBridgeAnnouncer, snsAnnouncer, webhookAnnouncer, webhookSignature } from './announcers.ts';
export { announcementOf, announceOnce } from './conclude.ts';
export { type HookMessage, type HookTarget, readEvent } from './events.ts';
export { HookFailure, PERMANENT_NAME, RETRYABLE_NAME } from './failure.ts';
export { type FleetHandler, makeFleetHandler } from './fleet-handler.ts';
export type { HandOver } from './hand-over.ts';
export { type BatchResponse, type HookContext, type HookHandler, type HookResponse, makeHandler } from './handler.ts';
export { announcersOf, lambdaPorts } from './lambda-ports.ts';
export { jsonLog, type Log } from './log.ts';
export type { HookOutcome, HookPorts } from './run.ts';
export { type HookSettings, readSettings } from './settings.ts';
