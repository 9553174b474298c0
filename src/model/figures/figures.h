/*
 * figures.h - what a page of statistics shows, counted as events and records
 * come.
 *
 * The thread that reads counts, and hands out copies. Memory is bounded: names
 * (hosts, senders, recipients, refusals) beyond LIMIT_FIGURES_NAMES are counted
 * in the rarest ones' places (toplist.h), and each count says how much of it may be
 * another's; the rate over time keeps FIGURES_RATES places and widens them
 * when it must.
 *
 * Sessions and messages are counted when their records are final, replies
 * when they come. What -T stats tells too is the same here: the capture's
 * counts come from the same rec_stats, waits and codes from the same replies.
 */
#ifndef FIGURES_H
#define FIGURES_H

#include "base/histogram.h"
#include "base/limits.h"
#include "record/record.h"
#include "record/waits.h"

enum { FIGURES_RATES = LIMIT_FIGURES_RATES, FIGURES_TOP = LIMIT_FIGURES_TOP, FIGURES_NAME = LIMIT_FIGURES_NAME, FIGURES_CODES = 1000 };

/* A place of the rate: sessions that began in it; messages whose fate was told in it; of those, rejected or refused. */
struct figures_rate { uint32_t sessions, messages, refused; };

enum figures_list { TOP_CLIENTS, TOP_SERVERS, TOP_SENDERS, TOP_RECIPIENTS, TOP_REFUSALS, TOP_FINDINGS, FIGURES_LISTS };
const char *figures_list_name(enum figures_list);	/* "clients" */

/*
 * clients, servers: connections, with the bytes of both sides; failed ones
 * came to nothing, or not all of their mail was accepted for all.
 * senders, recipients: messages with their sizes; failed ones were refused or
 * rejected. The null sender is "<>".
 * refusals: replies 4yz and 5yz. The name has the command, the codes and the first one's
 * text, with a tab between: "RCPT\t550 5.1.1\tUser unknown".
 * findings: their ids, the most severe first; error is always 0.
 */
struct figures_name {
	char name[FIGURES_NAME];	/* n bytes and a NUL; as on the wire, cut; whoever shows it cleans it */
	size_t n;
	uint64_t count, error;		/* of count so many may be of names that had to go */
	uint64_t failed;
	uint64_t bytes;
};

struct figures {
	struct rec_stats stats;		/* so far; at the end what -T stats says */
	nstime rate_width;		/* of packet time */
	nstime rate_start;		/* of the first place: a multiple of the width */
	struct figures_rate rate[FIGURES_RATES];
	size_t nrate;
	struct histogram wait[WAITS];
	uint64_t code[FIGURES_CODES];	/* replies by code; 0: none that has three digits */
	uint64_t replies;
	struct figures_name top[FIGURES_LISTS][FIGURES_TOP];	/* the most frequent first */
	size_t ntop[FIGURES_LISTS];
	uint64_t names[FIGURES_LISTS];	/* that are counted now, shown or not */
	bool more[FIGURES_LISTS];	/* some had to go */
	uint64_t closed;		/* sessions whose record is final; of them: */
	uint64_t tls, tls_offered, tls_failed;	/* TLS began; STARTTLS was offered and not used; it was used and no TLS followed */
	uint64_t auth, auth_failed;	/* attempts at AUTH, and those that were refused */
	size_t memory;			/* that the reading takes now, as far as it is counted */
};

/* The counter. */
struct figures_keeper;

struct figures_keeper *figures_keeper_new(void);
void figures_keeper_free(struct figures_keeper **);
void figures_event(struct figures_keeper *, const struct event *);	/* every event that is heard; it is about replies */
void figures_record(struct figures_keeper *, const struct record *);	/* every final record */
struct figures *figures_copy(const struct figures_keeper *, const struct rec_stats *so_far, size_t memory);	/* to be freed with free() */

#endif
