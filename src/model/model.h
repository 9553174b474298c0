/*
 * model.h - everything that the screen knows of a run.
 *
 * One thread owns it. model_take() takes news; everything else asks. For each
 * session, message and attempt there is an item of a few dozen bytes; what it
 * is about is read back from the vault when somebody looks.
 *
 * Items are numbered from 0 as they were first heard of, and keep their
 * number. When all items take more than the budget, the oldest closed
 * sessions are forgotten with their messages; model_forgotten() counts them.
 *
 *	recorder/	the half on the thread that reads: events and records into the vault, news of them
 *	vault/		the file without a name, and how events and records stand in it
 *	news.h		what comes from there; intake.c makes items of it (items.c), and listed.c lists findings
 *	desk.c		a record read back
 *	list/		items and findings in order: columns, filter, sort, search
 *	session/	one session opened again: its tale as rows and as a ladder
 *	message/	what was in a message, read again; and all of it fed to sinks once more
 *	figures/	what a page of statistics counts
 */
#ifndef MODEL_H
#define MODEL_H

#include "filter/filter.h"
#include "news.h"

enum item_kind { ITEM_SESSION, ITEM_ATTEMPT, ITEM_MESSAGE, ITEM_LONE };	/* lone: a finding of no session */

enum { NO_ITEM = UINT32_MAX };

struct item {
	enum item_kind kind;
	enum severity severity;
	bool over;			/* its record is final */
	bool trouble;
	bool marked;			/* by the user */
	bool server_reading;
	uint64_t number;		/* of the session, or 0 */
	uint32_t index, mail;		/* of a message */
	uint32_t session;		/* of a message: its session's item; of others: itself */
	uint32_t next;			/* of a session: its first message; of a message: the next one of the session; or NO_ITEM */
	nstime time;
	struct extent record;
};

struct model;

struct model *model_new(const struct vault *, size_t memory);	/* the vault outlives it */
void model_free(struct model **);
void model_take(struct model *, struct news_batch **);		/* sets the pointer to NULL */

uint32_t model_first(const struct model *);			/* items before it were forgotten */
uint32_t model_end(const struct model *);			/* one behind the last */
const struct item *model_item(const struct model *, uint32_t);	/* NULL: forgotten, or not there yet; valid until the next take */
uint32_t model_find(const struct model *, uint64_t session);	/* its item, or NO_ITEM */
uint32_t model_find_message(const struct model *, uint64_t session, uint32_t index, bool server_reading);
void model_mark(struct model *, uint32_t item, bool on);
size_t model_marked(const struct model *);
uint64_t model_forgotten(const struct model *);			/* sessions */
uint64_t model_version(const struct model *);			/* another number whenever something changed */
uint64_t model_item_version(const struct model *, uint32_t item);	/* … of this one: its record or its tale */

/* Where the events of a session are: pieces in order, of which the last may grow. Valid until the next take. */
const struct extent *model_tale(const struct model *, uint32_t session_item, size_t *n_r);

/* Findings of all records, in the order in which they came. */
struct model_finding {
	struct news_finding is;
	uint32_t item;			/* session, message or lone; NO_ITEM: forgotten */
};
size_t model_findings(const struct model *);			/* kept, at most LIMIT_MODEL_FINDINGS */
uint64_t model_findings_all(const struct model *);
struct model_finding model_finding(const struct model *, size_t);

const struct figures *model_figures(const struct model *);	/* NULL: none yet; valid until the next take */
const struct news_progress *model_progress(const struct model *);
bool model_over(const struct model *);				/* all was read */
size_t model_memory(const struct model *);			/* bytes that it takes */
const struct vault *model_vault(const struct model *);

/*
 * A place to read records into. What was read is valid until the next read
 * into the same place.
 */
struct desk;

struct desk *desk_new(void);
void desk_free(struct desk **);
/* The item's record and that of its session, as the filter asks about it. False: it was let go. */
bool model_read(const struct model *, uint32_t item, struct desk *, struct unit *unit_r);

#endif
