/*
 * refusal.h - what happens when the filter refuses a system call: SIGSYS, one
 * sentence, the end.
 *
 * Nothing is called but what is safe in a signal handler. It is a mistake of
 * ours, or somebody has taken the parser over: in both cases nothing more is
 * read.
 */
#ifndef REFUSAL_H
#define REFUSAL_H

enum { REFUSAL_STATUS = 1 };

/* status: of the end. rescue: called first, it puts the terminal back; or NULL. */
void refusal_expect(void (*rescue)(void), int status);

#endif
