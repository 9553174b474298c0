#include "packets.h"

#include <stdlib.h>
#include <string.h>

#include "again.h"
#include "base/err.h"
#include "base/files.h"
#include "base/limits.h"
#include "base/machine.h"
#include "base/words.h"
#include "capture/writer.h"
#include "model/list/list.h"
#include "model/session/tale.h"

enum {
	AT_ONCE = 64,			/* packets, events: between two looks at the clock */
	COLLECTING = 20			/* percent that the search for numbers is worth */
};

struct packets {
	struct packets_options o;
	uint32_t *item;
	char *path;
	size_t at;			/* the item whose events are looked at */
	struct tale *tale;
	uint64_t gone;			/* places where what was remembered had been let go */
	struct desk *desk;
	struct again again;
	struct writer *writer;
	size_t secrets;			/* bytes of keys that were written */
};

/* --- opening and closing --- */

struct packets *
packets_new(const struct packets_options *o, struct buf *why)
{
	struct packets *p;

	if (files_ask(FILES_LOOK, o->path, NULL) == 0) {
		buf_printf(why, "%s is there already, and is not overwritten", o->path);
		return NULL;
	}
	if (o->tee != NULL && tee_trouble(o->tee) != NULL) {
		buf_text(why, tee_trouble(o->tee));
		return NULL;
	}
	p = xcalloc(1, sizeof *p);
	p->o = *o;
	p->item = xcalloc(o->n, sizeof *p->item);
	if (o->n > 0)
		memcpy(p->item, o->item, o->n * sizeof *p->item);
	p->path = strdup(o->path);
	if (p->path == NULL)
		die("out of memory");
	p->desk = desk_new();
	p->again = (struct again){ .options = o->options, .tee = o->tee };
	return p;
}

static void
packets_free(struct packets **pp)
{
	struct packets *p = *pp;

	tale_close(&p->tale);
	again_fini(&p->again);
	desk_free(&p->desk);
	free(p->item);
	free(p->path);
	free(p);
	*pp = NULL;
}

void
packets_stop(struct packets **pp)
{
	struct buf nobody;

	if (*pp == NULL)
		return;
	buf_init(&nobody, KiB);
	writer_close(&(*pp)->writer, true, &nobody);
	buf_fini(&nobody);
	packets_free(pp);
}

/* --- which packets --- */

/* Some of the session's events, or all of them. True: there are more. */
static bool
look_at_tale(struct packets *p)
{
	struct event e;
	struct extent body;

	for (int i = 0; i < AT_ONCE; i++) {
		switch (tale_next(p->tale, &e, &body)) {
		case TALE_EVENT:
			if (e.at.packet != 0)
				wanted_add(&p->again.wanted, e.at.packet);
			break;
		case TALE_GONE:
			p->gone++;
			break;
		case TALE_NOT_YET:
			tale_close(&p->tale);
			return false;
		}
	}
	return true;
}

static void
next_item(struct packets *p)
{
	uint32_t number = p->item[p->at++];
	const struct item *item = model_item(p->o.model, number);
	struct unit u;

	if (item != NULL && (item->kind == ITEM_SESSION || item->kind == ITEM_MESSAGE)) {
		p->tale = tale_open(p->o.model, item->session);
	} else if (item == NULL || !model_read(p->o.model, number, p->desk, &u)) {
		p->gone++;
	} else if (u.attempt != NULL) {
		wanted_attempt(&p->again.wanted, u.attempt);
	}
}

/* --- reading them --- */

/* -1: it failed. */
static int
write_frame(struct packets *p, const struct frame *f, struct buf *said)
{
	slice secrets = again_secrets(&p->again);
	struct writer_options how = { .path = p->path, .how = OUTFILE_NEW, .pcapng = writer_is_pcapng(p->path) };

	if (p->writer == NULL && (p->writer = writer_open(&how, said)) == NULL)
		return -1;
	if (writer_secrets(p->writer, slice_drop(secrets, p->secrets)) != 0 || writer_frame(p->writer, f) != 0) {
		buf_text(said, writer_trouble(p->writer));
		return -1;
	}
	p->secrets = secrets.n;
	return 0;
}

/* 1: more; 0: all that is wanted was read; -1: it failed. */
static int
read_some(struct packets *p, struct buf *said)
{
	struct frame f;

	for (int i = 0; i < AT_ONCE; i++) {
		switch (again_next(&p->again, &f, said)) {
		case AGAIN_FOUND:
			if (write_frame(p, &f, said) != 0)
				return -1;
			break;
		case AGAIN_OTHER:
			break;
		case AGAIN_END:
			return 0;
		case AGAIN_FAILED:
			return -1;
		}
	}
	return 1;
}

/* --- a slice --- */

static unsigned
percent(const struct packets *p)
{
	if (p->at < p->o.n || p->tale != NULL)
		return (unsigned)(p->at * COLLECTING / p->o.n);
	return COLLECTING + (unsigned)(again_share(&p->again) * (99 - COLLECTING));
}

/* Collects, then reads. 1, 0, -1 as read_some(). */
static int
step(struct packets *p, struct buf *said)
{
	if (p->tale != NULL) {
		(void)look_at_tale(p);
		return 1;
	}
	if (p->at < p->o.n) {
		next_item(p);
		return 1;
	}
	return read_some(p, said);
}

static void
tell(const struct packets *p, struct buf *said)
{
	words_count(said, p->again.found, "packet", "packets");
	buf_printf(said, " in %s", p->path);
	if (p->again.found < p->again.wanted.n || p->gone > 0) {
		buf_text(said, "; some are missing: ");
		buf_text(said, p->gone > 0 ? "what was remembered of the oldest had to go" : "they are not kept any more");
	}
}

static int
finish(struct packets **pp, int status, struct buf *said)
{
	struct packets *p = *pp;

	if (status == 0 && p->writer == NULL) {
		buf_text(said, p->gone > 0 || p->again.wanted.n > 0 ? "nothing is kept of these packets any more" : "there are no packets to write");
		status = -1;
	} else if (status == 0) {
		status = writer_close(&p->writer, false, said);
		if (status == 0)
			tell(p, said);
	}
	packets_stop(pp);
	return status;
}

int
packets_work(struct packets **pp, nstime until, unsigned *percent_r, struct buf *said)
{
	int status;

	while ((status = step(*pp, said)) == 1 && machine_steady() < until)
		;
	*percent_r = status == 1 ? percent(*pp) : 100;
	return status == 1 ? 1 : finish(pp, status, said);
}
