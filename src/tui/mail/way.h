/*
 * way.h - the way a message came, as its Received fields tell it: hop by hop,
 * the oldest first, how long each took, and where clocks disagree; last the
 * session in which it was captured.
 *
 * BUGS: times in Received fields are whole seconds of somebody's clock; what
 * is shorter than that is not known.
 */
#ifndef WAY_H
#define WAY_H

#include "filter/field.h"
#include "tui/view.h"

enum { WAY_BAR = 8 };

struct way_hop {
	const struct rec_hop *hop;	/* NULL: the session itself */
	nstime time, delay;		/* or NSTIME_NONE */
};

struct way {
	struct way_hop *v;
	size_t n;
	nstime most;			/* the longest delay */
	struct rec_hop here;
	struct buf server, client;
};

void way_init(struct way *);
void way_fini(struct way *);
void way_make(struct way *, const struct unit *);	/* the records must live as long */
/* "3 hops, 4 min 12 s, of which 4 min 10 s at mx2.example.net". Appended. */
void way_total(const struct way *, struct buf *out);
void way_title(struct area, int y);			/* of the columns */
void way_draw(const struct way *, struct area, int y, size_t i);
/* What one line has no room for: "id 4F1D2 for <bob@example.net> …". Appended. */
void way_details(const struct way *, size_t i, struct buf *out);

/* "4 min 12 s", "2.4 s", "3 d 4 h": appended. */
void way_span(struct buf *out, nstime);

#endif
