/*
 * recorder_inside.h - what the recorder's files share.
 *
 * talks.c: sessions that are open; telling.c: what is known becomes bytes in
 * the vault, and news of them; trouble.c: what failed; recorder.c: the sink.
 */
#ifndef RECORDER_INSIDE_H
#define RECORDER_INSIDE_H

#include "base/map.h"
#include "model/vault/pickle.h"
#include "record/fold.h"
#include "recorder.h"

enum {
	PIECE = 4 * 1024,		/* of a tale, put away at once */
	SPARES = 64,			/* buffers for tales, kept for the next talk */
	AGAIN_MOST = 1000		/* records of open sessions in one hand-over, beyond the first of each; attempts looked at */
};

/* A transaction whose record is not final. */
struct opened {
	uint32_t mail;
	bool server_reading, changed;
	size_t findings;		/* told */
};

/* Queues that a talk may stand in, with who waits longest first. */
enum queue_name {
	TALKING,			/* has events that were not put away */
	CHANGED,			/* its record, or that of a message, is not what was told */
	QUEUES
};

struct link { struct talk *next, **at; };		/* at: what points here, or NULL: it is not in the queue */
struct queue { struct talk *first, **end; size_t n; };

struct talk {
	uint64_t number;
	struct buf tale;		/* events that were not put away */
	struct pickle_before before;	/* of them the last one */
	struct link link[QUEUES];
	bool told;			/* its record, ever */
	uint64_t batch;			/* its place in the list of news: of which batch, and which */
	size_t place;
	nstime when;			/* its record was told last */
	size_t size;			/* of that record */
	size_t findings;		/* told */
	bool trouble;			/* one of its messages has */
	struct opened *open;
	size_t nopen, capopen;
};

struct tried { uint32_t which; uint64_t count; size_t findings; };	/* the last two: told */

struct recorder {
	struct recorder_options o;
	struct map talks;
	struct talk *last;		/* that the last event spoke of: the next one often does too */
	struct queue queue[QUEUES];
	struct buf spare[SPARES];
	size_t nspare;
	struct news_batch *batch;
	uint64_t batches;
	nstime given, figured;		/* of the machine's clock: the last hand-over, the last copy of the figures */
	uint64_t packets;		/* that were told of */
	bool uncounted;			/* something was told since the figures were */
	unsigned events;		/* since the clock was looked at */
	uint64_t session;		/* that the last event spoke of */
	struct map tried;		/* attempts that were told and are not over, by key_of() */
	uint32_t ntried;		/* ever told */
	size_t next_tried;		/* among those that the fold has */
	struct figures_keeper *keeper;
	struct rec_stats stats;		/* the final ones, once they are told */
	struct buf out;			/* a record being written */
	size_t memory;
	bool deaf;			/* nobody listens any more */
};

/* talks.c */
struct talk *talk_new(struct recorder *, uint64_t number);
void talk_free(struct recorder *, struct talk *);
void talk_join(struct recorder *, struct talk *, enum queue_name);		/* nothing, if it stands there */
void talk_leave(struct recorder *, struct talk *, enum queue_name);
void talk_borrow(struct recorder *, struct talk *);				/* room for its tale, … */
void talk_release(struct recorder *, struct talk *);				/* … and back */
struct opened *talk_mail(struct talk *, uint32_t mail, bool server_reading);	/* NULL: it is not open */
void talk_open_mail(struct recorder *, struct talk *, uint32_t mail, bool server_reading);

/* telling.c */
void put_away(struct recorder *, struct talk *);				/* its tale so far */
size_t place_for(struct recorder *, struct talk *, const struct news *);	/* among the news of this batch */
void tell_session(struct recorder *, struct talk *, const struct rec_session *, nstime now);
void tell_message(struct recorder *, struct talk *, const struct rec_message *, bool over, size_t *findings);
size_t tell_again(struct recorder *, struct talk *, nstime now);		/* as it is now. How many records were told */
void tell_attempt(struct recorder *, const struct rec_attempt *);	/* it is over */
void tell_attempts(struct recorder *);						/* those that are new or were counted again */
void tell_finding(struct recorder *, const struct rec_lone_finding *);

/* trouble.c: mail or the session failed, or something was found that says so. */
bool message_fails(const struct rec_message *, bool over);
bool session_fails(const struct rec_session *);
bool attempt_fails(const struct rec_attempt *);

#endif
