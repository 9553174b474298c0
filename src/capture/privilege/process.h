/*
 * process.h - what the monitor and the runner do first.
 */
#ifndef PROCESS_H
#define PROCESS_H

/*
 * Its name; the signals that the terminal, or who ends the parser, sends to all of us are ignored; of what we inherited stay
 * `socket`, standard error, and what the process is there for.
 */
enum process { PROCESS_MONITOR, PROCESS_RUNNER };

void process_begin(enum process, int socket);

#endif
