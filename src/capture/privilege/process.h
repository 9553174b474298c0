/*
 * process.h - what the monitor and the runner do first.
 */
#ifndef PROCESS_H
#define PROCESS_H

#include <stdbool.h>

/*
 * Its name; the signals that the terminal, or who ends the parser, sends to all of us are ignored; of what we inherited stay
 * `socket`, standard error, directories, packet sockets, and standard output if it is wanted.
 */
void process_begin(const char *name, int socket, bool output);

#endif
