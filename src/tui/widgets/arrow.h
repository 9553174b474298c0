/*
 * arrow.h - how the rungs of a ladder look: when, how long after, an arrow
 * between two lanes with its words on it, and a bar for the wait.
 *
 *	   time     Δt  client                    server  1ms .1s 10s
 *	  0.019 1.0 ms  │ EHLO mail.example.org ──────►│ c ▒
 *
 * What a side says stands on its side. Bars are logarithmic, with the same
 * ruler for every session; their letters say who was waited for: c client, s
 * server, n network, ? nobody knows. Where commands were sent
 * together, brackets join them, and their replies.
 */
#ifndef ARROW_H
#define ARROW_H

#include "base/when.h"
#include "model/session/ladder.h"
#include "tui/canvas.h"

/* Columns, made for a width; -1: there is no room for it. */
struct arrow_look {
	struct when when;
	nstime start;
	int width;
	bool details;			/* of packets: all that is known */
	bool live_links;		/* as app_options says */
	int time, times;		/* where, and how wide */
	int since;
	int commands, replies;		/* brackets */
	int left, right;		/* the lanes */
	int letter, wait, bar, bars, shares;
	int decade;			/* columns of a bar for each factor of ten */
};

void arrow_look_set(struct arrow_look *, const struct when *, nstime start, nstime last, int width);

/* What stands around a rung. */
struct arrow_around {
	nstime before;			/* the time of the one above */
	bool above, below;		/* its group goes on there */
	bool replies;			/* of a finding in a group: the group is one of replies */
	uint32_t group;
	bool partner;			/* of the one under the cursor */
};

void arrow_head(const struct arrow_look *, struct area, int y, slice client, slice server);
void arrow_draw(const struct arrow_look *, struct area, int y, const struct rung *, const struct arrow_around *);
/* What stands below a rung: its lanes, and the bracket that goes on; then a packet, or words. */
void arrow_below(const struct arrow_look *, struct area, int y, const struct rung *, const struct arrow_around *);
void arrow_packet(const struct arrow_look *, struct area, int y, const struct rung_packet *, nstime before);
void arrow_note(const struct arrow_look *, struct area, int y, slice);

char waited_letter(enum waited_for);
enum style waited_style(enum waited_for);
enum waited_for arrow_waited(const struct rung *);	/* for whom most of the wait */
/* "10.4 ms after RCPT: server 10.2 ms, network 0.2 ms"; nothing if nobody waited. */
void arrow_say_wait(struct buf *out, const struct rung *);
/* Whose time is the longest; WAITED: all are 0. */
enum waited_for arrow_longest(const nstime times[WAITED]);
/* "server 10.2 ms, network 0.2 ms", the longest first. */
void arrow_say_shares(struct buf *out, const nstime times[WAITED]);
enum style arrow_style(const struct rung *);		/* of its text */

#endif
