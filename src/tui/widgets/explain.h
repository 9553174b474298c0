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
};

/* Below what is in the sheet, from column x to `right`. with_name: severity and id come first; else they stand above already. */
void explain_finding(struct sheet *, const struct explained *, int x, int right, bool with_name);

#endif
