/*
 * explain.h - a finding in sentences: what was seen, what that means, where it
 * is written, what to do, and where the evidence stands.
 */
#ifndef EXPLAIN_H
#define EXPLAIN_H

#include "sheet.h"

struct explained {
	enum finding finding;
	slice detail;			/* what was seen here, or empty */
	enum dir dir;
	uint64_t offset, packet;
	bool live_links;		/* as struct sheet_look has it */
};

/* What stands above already, and is not said again. */
enum { EXPLAINED_NAME = 1, EXPLAINED_MEANING = 2, EXPLAINED_PLACE = 4 };

/* Below what is in the sheet, from column x to `right`. */
void explain_finding(struct sheet *, const struct explained *, int x, int right, unsigned said);

#endif
