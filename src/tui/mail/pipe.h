/*
 * pipe.h - a part's bytes, or the message, to a program of the user's.
 *
 * The command is what was typed, nothing else: no byte from the wire is ever
 * put into it. The program gets the bytes on its standard input and has the
 * terminal until it ends.
 */
#ifndef PIPE_H
#define PIPE_H

#include "model/message/content.h"
#include "tui/view.h"

/* All zero is one that is not in use. Must stand still while it is. */
struct pipe {
	struct app *app;
	uint32_t item, part;		/* the message, and its part; 0: all of it */
	bool whole;
	struct buf title, what, command;
	int fd;
	uint64_t written;
	bool broken;			/* the program closed its end */
};

void pipe_fini(struct pipe *);
/* Asks for the command, then runs it. name: from the wire, only shown. */
void pipe_ask(struct pipe *, struct app *, uint32_t message_item, uint32_t part, slice name, uint64_t size, bool whole);

#endif
