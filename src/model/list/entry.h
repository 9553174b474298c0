/*
 * entry.h - what a row of a list is about.
 *
 * A row of the list of messages is a message in its session. A row of the list
 * of sessions is a session, and in it the message that went worst (of equals
 * the first one), so that sender, recipient and result of a row belong
 * together; sizes and waits are those of all its messages.
 *
 * A session may have a hundred thousand messages: they are looked at once,
 * ENTRY_STEP at a time, and remembered. Until all were, `more` says so, and
 * the entry tells of those that were.
 */
#ifndef ENTRY_H
#define ENTRY_H

#include "model/model.h"

enum { ENTRY_STEP = 2000 };

/* What several messages come to. */
struct entry_sums {
	uint64_t messages, size, attachments;
	nstime slowest;			/* wait for an answer, or NSTIME_NONE */
	enum severity severity;
};

struct entry {
	uint32_t item;
	struct item is;			/* as the model has it now */
	bool of_session;		/* the row is a session or an attempt */
	bool gone;			/* its record was let go: the unit is empty */
	bool more;			/* ask again: more of its messages are to be looked at */
	struct unit unit;
	struct entry_sums sums;
};

struct entry_reader;

struct entry_reader *entry_reader_new(void);
void entry_reader_free(struct entry_reader **);
/* False: there is no such item (any more). The entry is valid until the next read. */
bool entry_read(struct entry_reader *, const struct model *, uint32_t item, struct entry *entry_r);

/* The same of a unit that somebody has. */
struct entry_sums entry_sums_of(const struct unit *);

#endif
