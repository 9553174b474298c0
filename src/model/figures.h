/*
 * figures.h - what a page of statistics shows, counted as records come.
 *
 * The thread that reads counts, and hands out copies. Memory is bounded: names
 * (hosts, senders, recipients, replies) beyond LIMIT_FIGURES_NAMES are counted
 * by the rarest ones' places, and each count says how much of it may be
 * another's; the rate over time keeps FIGURES_RATES places and doubles their
 * width when it must.
 */
#ifndef FIGURES_H
#define FIGURES_H

#include "base/histogram.h"
#include "record/record.h"

enum { FIGURES_RATES = 256, FIGURES_TOP = 100, FIGURES_NAME = 128 };

enum figures_wait {			/* whose waits are told apart */
	WAIT_GREETING, WAIT_EHLO, WAIT_AUTH, WAIT_STARTTLS, WAIT_MAIL, WAIT_RCPT, WAIT_DATA, WAIT_CONTENT, WAIT_QUIT,
	WAIT_OTHER, FIGURES_WAITS
};
const char *figures_wait_name(enum figures_wait);	/* "RCPT"; of the end of a content "." */

struct figures_rate { uint32_t sessions, messages, refused; };

enum figures_list { TOP_CLIENTS, TOP_SERVERS, TOP_SENDERS, TOP_RECIPIENTS, TOP_REPLIES, TOP_FINDINGS, FIGURES_LISTS };
const char *figures_list_name(enum figures_list);	/* "clients" */

struct figures_name {
	char name[FIGURES_NAME];	/* as on the wire, cut; whoever shows it cleans it */
	uint64_t count, error;		/* of count so many may be of names that had to go */
	uint64_t failed;		/* clients, servers, senders, recipients: of them refused or rejected */
	uint64_t bytes;			/* of messages */
};

struct figures {
	struct rec_stats stats;		/* so far; at the end what -T stats says */
	nstime rate_start, rate_width;	/* of packet time */
	struct figures_rate rate[FIGURES_RATES];
	size_t nrate;
	struct histogram wait[FIGURES_WAITS];
	uint64_t code[600];		/* replies by code */
	struct figures_name top[FIGURES_LISTS][FIGURES_TOP];	/* the most frequent first */
	size_t ntop[FIGURES_LISTS];
	uint64_t tls, auth, auth_failed, attempts;	/* sessions with TLS; AUTH attempts */
	size_t memory;			/* that the reading takes now, as far as it is counted */
};

/* The counter. */
struct figures_keeper;

struct figures_keeper *figures_keeper_new(void);
void figures_keeper_free(struct figures_keeper **);
void figures_record(struct figures_keeper *, const struct record *);
struct figures *figures_copy(const struct figures_keeper *, const struct rec_stats *so_far, size_t memory);	/* to be freed with free() */

#endif
