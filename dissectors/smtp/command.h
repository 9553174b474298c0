/*
 * command.h - one line of a client into a verb and what stands behind it.
 */
#ifndef SMTP_COMMAND_H
#define SMTP_COMMAND_H

#include "base/limits.h"
#include "dissect/event.h"
#include "verbs.h"

struct command {
	const struct verb *verb;
	slice name;			/* of the verb, upper case; empty if the line begins with no word */
	slice line, args;
	slice path, address;
	bool has_path;
	struct pair parameter[LIMIT_PARAMETERS];
	size_t nparameter;
	bool cut;			/* there were more parameters */
	char room[LIMIT_VERB];		/* the name of an unknown verb */
};

/* The slices point into `line` and into the command itself. */
void command_parse(slice line, struct command *);

/* A value of a parameter; false: it is not there. `name` in any case. */
bool command_parameter(const struct command *, slice name, slice *value_r);

struct chunk {
	uint64_t size;
	bool last, sized;		/* sized: the size is a number that we can count to */
	bool sane;			/* nothing but a size and perhaps LAST (RFC 3030 2) */
};
struct chunk chunk_parse(slice args);	/* of BDAT */

#endif
