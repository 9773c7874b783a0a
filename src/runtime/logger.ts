import type { Logger } from "pino";
import { pino } from "pino";
import type { ActivityLog } from "../activities/dependencies.js";

/** The process's logger: JSON lines on stderr, so that stdout stays for people and programs. Constant messages, ids and codes. */
export function createLogger(level: string): Logger {
  return pino({ level, base: { pid: process.pid } }, pino.destination({ fd: 2, sync: true }));
}

/** A logger as activities take it. */
export function activityLog(logger: Logger): ActivityLog {
  return {
    info: (fields, message) => {
      logger.info(fields, message);
    },
    error: (fields, message) => {
      logger.error(fields, message);
    },
  };
}
