#include "walk.h"

static void
judge_note(void *self, enum finding f, uint64_t offset, uint64_t length, slice detail)
{
	struct walk *w = self;

	telling_note(w->t, f, &(struct mime_at){ walk_place(w, offset), w->fixed ? 0 : length, w->guessed }, detail);
}

void
walk_take_field(struct walk *w, const struct header_field *f, slice decoded, unsigned words, uint64_t offset)
{
	entity_field(&w->entity, f, decoded);
	if (w->judge != NULL)
		judge_field(w->judge, f, decoded, words, offset);
}

static void
header_field(void *self, const struct header_field *f)
{
	struct walk *w = self;
	slice decoded = field_decode(&w->text, f->value);

	walk_take_field(w, f, decoded, w->text.words, w->field);
}

static void
header_no_field(void *self, slice beginning)
{
	struct walk *w = self;

	if (w->judge != NULL)
		judge_line(w->judge, beginning, w->next_field);
}

/* Lines come whole, so that only the last one of all can be in doubt. */
static void
header_bytes(void *self, slice bytes, bool in_header)
{
	struct walk *w = self;

	if (!in_header)
		buf_add(&w->rest, bytes);
}

static void
header_limit(void *self)
{
	struct walk *w = self;

	if (w->judge != NULL)
		judge_limit(w->judge, w->field);
}

void
walk_begin_judging(struct walk *w, const struct mime_about *about)
{
	struct judge_user user = { w, judge_note };
	struct judge_about judged = { .top = about != NULL, .time = NSTIME_NONE, .smtputf8 = w->t->smtputf8 };

	if (!telling_judges(w->t))
		return;
	if (about != NULL) {
		judged.time = about->time;
		judged.mail_from = about->mail_from;
		judged.has_mail_from = about->has_mail_from;
	}
	w->judge = judge_new(&user, &judged);
}

/* A part begins, at its header. */
void
walk_begin_header(struct walk *w, uint64_t offset)
{
	w->in = IN_HEADER;
	w->offset = w->field = w->next_field = offset;
	w->lost = false;
	w->missing = 0;
	entity_clear(&w->entity);
	header_init(&w->header, &(struct header_user){ .self = w, .field = header_field, .bytes = header_bytes,
	    .no_field = header_no_field, .limit = header_limit });
	w->reading_header = true;
	walk_begin_judging(w, NULL);
	boundary_lines(&w->boundary);
}

void
walk_end_header(struct walk *w)
{
	if (w->judge != NULL) {
		judge_finish(w->judge, !w->lost);
		judge_free(&w->judge);
	}
	if (w->reading_header)
		header_fini(&w->header);
	w->reading_header = false;
	field_fini(&w->text);		/* as large as the largest field, and there may be a walk for each level */
}

