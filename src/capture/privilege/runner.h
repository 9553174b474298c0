/*
 * runner.h - the process that runs the user's programs for `|`.
 *
 * It has the rights of who started us and no more: it is not there for root,
 * and it has no capability. A filter of its own it cannot have, because the
 * programs would inherit it. The parser may have been taken over by what it reads: so nothing is run that
 * a person at the terminal did not see and confirm here. What was typed before
 * the question, or is reported by the terminal, does not answer it, and nobody
 * else reads from the terminal meanwhile.
 *
 * BUGS: the parser can write to the terminal, too, while the question stands
 * there; it cannot type.
 */
#ifndef RUNNER_H
#define RUNNER_H

#include <stdbool.h>

typedef bool runner_confirm(const char *command, int socket);

/* Shows the command on the terminal; one key is the answer. False, too, if the parser has gone meanwhile. */
runner_confirm runner_ask_terminal;

/* Forks it. Its socket; -1: errno. */
int  runner_start(runner_confirm *);
int  runner_socket(void);			/* -1: there is none */
int  runner_run(const char *command, int fd);	/* as privilege_run() */
int  runner_end(void);				/* as privilege_run_end() */

#endif
