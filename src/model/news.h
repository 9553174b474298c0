/*
 * news.h - what the thread that reads packets tells the one that owns the model.
 *
 * News come in batches; who holds a batch owns it. The bytes stand in the
 * vault, news say where.
 */
#ifndef NEWS_H
#define NEWS_H

#include "model/figures/figures.h"
#include "model/vault/vault.h"

enum news_kind {
	NEWS_TALE,		/* events of a session: `where`, in order */
	NEWS_SESSION,		/* a session began, went on or ended: `where` is its record as known now */
	NEWS_MESSAGE,		/* the same of a message; index and mail name it */
	NEWS_ATTEMPT,
	NEWS_FINDING		/* a lone finding (REC_FINDING) */
};

struct news {
	enum news_kind kind;
	uint8_t severity;	/* of the record: the highest (enum severity), as JSON has it */
	bool over;		/* the record is final */
	bool trouble;		/* mail or the session failed: what the list's `!` shows */
	bool server_reading;	/* of a message: rec_message.server_reading */
	uint32_t index, mail;	/* of a message: in its session; its transaction. index 0: not told yet. Of an attempt: which one */
	uint64_t session;	/* its number; 0: of none */
	nstime time;		/* of its beginning */
	struct extent where;
};

/* A finding of a record, so that all can be listed. */
struct news_finding {
	enum finding finding;
	uint64_t session;	/* 0: of none */
	uint32_t index;		/* of the message, as in struct news; 0: the session's own, or a lone one */
	bool server_reading;
	uint32_t nth;		/* among the findings of its record */
	enum dir dir;
	uint64_t offset, packet;
	nstime time;
	struct extent where;	/* the record that holds its words; lone: the NEWS_FINDING's */
	uint32_t news;		/* which of the batch's news tells that record */
};

/* How far the reading is. */
struct news_progress {
	uint64_t packets, bytes;	/* read */
	uint64_t read, size;		/* bytes of input, and in all; 0: not known */
	uint64_t dropped;
	nstime first, last;		/* packet times, or NSTIME_NONE */
	size_t memory;			/* that the reading takes, as far as it is counted */
	const char *nothing;		/* at the end, if there is nothing to show: why, a sentence that lives as long as the run; or NULL */
};

struct news_batch {
	struct news *v;
	size_t n, cap;
	struct news_finding *finding;
	size_t nfinding, capfinding;
	struct figures *figures;	/* a new copy of all figures, or NULL */
	struct news_progress progress;
	bool over;			/* nothing more will come */
};

struct news_batch *news_batch_new(void);
void news_batch_free(struct news_batch **);
void news_add(struct news_batch *, const struct news *);
void news_add_finding(struct news_batch *, const struct news_finding *);

#endif
