/*
 * hidden.h - what stands before the first part of a multipart or behind its
 * last one (RFC 2046 5.1.1: it is to be ignored), and looks like a part
 * all the same: some readers show it.
 */
#ifndef MIME_HIDDEN_H
#define MIME_HIDDEN_H

#include "base/buf.h"

struct hidden {
	struct buf boundary;		/* of the multipart that ended, or empty */
	struct buf line;		/* the beginning of the one that is being read */
	bool skip;			/* the rest of it */
};

void hidden_init(struct hidden *);
void hidden_fini(struct hidden *);
void hidden_begin(struct hidden *, slice boundary);	/* empty: in front of the first part */
bool hidden_feed(struct hidden *, slice);		/* true: a line of it belongs to a part */
void hidden_gap(struct hidden *);

#endif
