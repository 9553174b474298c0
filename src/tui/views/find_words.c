#include "find_words.h"

#include <stdlib.h>

#include "base/err.h"

/* More than stand on a screen, so that drawing one again reads nothing. */
enum { REMEMBERED = 1024, MOST = 1024 };

struct remembered { uint64_t number; struct buf words; bool known, gone; };

struct find_words {
	struct model *model;
	struct desk *desk;
	struct remembered *v;
};

struct find_words *
find_words_new(struct model *model)
{
	struct find_words *w = xcalloc(1, sizeof *w);

	w->model = model;
	w->desk = desk_new();
	w->v = xcalloc(REMEMBERED, sizeof *w->v);
	for (size_t i = 0; i < REMEMBERED; i++)
		buf_init(&w->v[i].words, MOST);
	return w;
}

void
find_words_free(struct find_words **wp)
{
	struct find_words *w = *wp;

	if (w == NULL)
		return;
	for (size_t i = 0; i < REMEMBERED; i++)
		buf_fini(&w->v[i].words);
	desk_free(&w->desk);
	free(w->v);
	free(w);
	*wp = NULL;
}

/* NULL: it is not there. */
static const struct rec_finding *
finding_in(const struct unit *u, const struct model_finding *f)
{
	const struct rec_findings *in = u->message != NULL ? &u->message->findings : u->attempt != NULL ? &u->attempt->findings
	    : u->session != NULL ? &u->session->findings : NULL;

	if (u->finding != NULL)
		return &u->finding->finding;
	return in != NULL && f->is.nth < in->n && in->v[f->is.nth].finding == f->is.finding ? &in->v[f->is.nth] : NULL;
}

/* Of an attempt nothing is known but who tried to reach whom. */
static void
say_attempt(struct buf *out, const struct rec_attempt *a)
{
	char client[ADDR_TEXT], server[ENDPOINT_TEXT];

	buf_printf(out, "%s → %s", addr_text(&a->client, client), endpoint_text(&a->server, server));
}

static void
read_words(struct find_words *w, struct remembered *r, const struct finding_line *line)
{
	const struct rec_finding *f = NULL;
	struct unit unit;

	*r = (struct remembered){ .number = line->number, .words = r->words, .known = true };
	buf_clear(&r->words);
	if (line->what.item != NO_ITEM && model_read(w->model, line->what.item, w->desk, &unit))
		f = finding_in(&unit, &line->what);
	r->gone = f == NULL;
	if (f != NULL && f->detail.n == 0 && unit.attempt != NULL)
		say_attempt(&r->words, unit.attempt);
	else if (f != NULL)
		buf_add(&r->words, f->detail.n > 0 ? f->detail : slice_of(finding_info(line->finding)->seen));
}

bool
find_words_of(struct find_words *w, const struct finding_line *line, slice *words_r)
{
	struct remembered *r = &w->v[line->number % REMEMBERED];

	if (!r->known || r->number != line->number)
		read_words(w, r, line);
	*words_r = r->gone ? slice_of(finding_info(line->finding)->seen) : buf_slice(&r->words);
	return !r->gone;
}
