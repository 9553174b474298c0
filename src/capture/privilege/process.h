/*
 * process.h - what the monitor and the runner do first.
 */
#ifndef PROCESS_H
#define PROCESS_H

/*
 * Its name; the signals that the terminal, or who ends the parser, sends to all of us are ignored; of what we inherited stay
 * `socket`, standard error, directories and packet sockets.
 */
void process_begin(const char *name, int socket);

#endif
