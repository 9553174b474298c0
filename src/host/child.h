/*
 * child.h - a program of the user's that reads what we write.
 *
 * The command is the user's own words, given to /bin/sh -c as they are;
 * nothing from the wire is ever put into it. The runner
 * (capture/privilege/privilege.h) shows it, asks, and starts it: the child has
 * our standard output and error, none of our other descriptors, and default
 * signals. Until it is closed ^C and ^\ are the child's, as in system(3), and
 * writing to one that has gone is EPIPE.
 */
#ifndef CHILD_H
#define CHILD_H

struct child;

/* *fd_r: what is written to it, the child reads. NULL: errno says why (ECANCELED: the person at the terminal said no). */
struct child *child_open(const char *command, int *fd_r);
/* Closes the descriptor and waits: the exit status, or 128 and the signal's number. */
int child_close(struct child **);

#endif
