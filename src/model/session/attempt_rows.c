#include "attempt_rows.h"

#include <stdlib.h>

#include "base/err.h"
#include "base/words.h"

struct attempt_rows {
	struct row *row;
	size_t *at;			/* where the row's text begins */
	size_t n, cap;
	struct buf text;
};

/* The row's text is what was added to the texts since the row before. */
static void
end_row(struct attempt_rows *r, const struct row *row)
{
	size_t at = r->n > 0 ? r->at[r->n - 1] + r->row[r->n - 1].text.n : 0;

	if (r->n == r->cap) {
		r->cap = r->cap ? r->cap * 2 : 8;
		r->row = xrealloc(r->row, r->cap, sizeof *r->row);
		r->at = xrealloc(r->at, r->cap, sizeof *r->at);
	}
	r->row[r->n] = *row;
	r->row[r->n].text = (slice){ NULL, r->text.n - at };
	r->at[r->n++] = at;
}

static const char *
outcome_words(const struct rec_attempt *a)
{
	static const struct { slice name; const char *words; } table[] = {
		{ SLICE("refused"), "refused: a RST answered the SYN" }, { SLICE("no-answer"), "nothing answered the SYN" },
		{ SLICE("unreachable"), "unreachable, as a router or host on the way said" },
		{ SLICE("no-greeting"), "connected, but the server never greeted" },
		{ SLICE("other-protocol"), "connected, but what was spoken is not SMTP" },
	};
	slice name = slice_of(attempt_name(a->outcome));

	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
		if (slice_eq(table[i].name, name))
			return table[i].words;
	return attempt_name(a->outcome);
}

static void
say_outcome(struct attempt_rows *r, const struct rec_attempt *a)
{
	struct row row = { .kind = ROW_NOTE, .time = a->first, .wait = NSTIME_NONE };

	buf_text(&r->text, outcome_words(a));
	end_row(r, &row);
	if (a->detail.n > 0) {
		row.kind = ROW_DETAIL;
		buf_add(&r->text, a->detail);
		end_row(r, &row);
	}
}

static void
say_last(struct attempt_rows *r, const struct rec_attempt *a)
{
	const struct row row = { .kind = ROW_NOTE, .time = a->last, .wait = NSTIME_NONE };
	char number[WORDS_NUMBER];

	if (a->count < 2)
		return;
	buf_printf(&r->text, "the last of %s such attempts from this client", words_number(a->count, number));
	end_row(r, &row);
}

struct attempt_rows *
attempt_rows_new(const struct rec_attempt *a)
{
	struct attempt_rows *r = xcalloc(1, sizeof *r);

	buf_init(&r->text, LIMIT_ROWS_TEXT);
	say_outcome(r, a);
	say_last(r, a);
	for (size_t i = 0; i < a->findings.n; i++) {
		const struct rec_finding *f = &a->findings.v[i];
		const struct finding_info *info = finding_info(f->finding);
		const struct row row = { .kind = ROW_FINDING, .severity = info->severity, .finding = f->finding, .time = f->time,
		    .wait = NSTIME_NONE, .packet = f->packet, .dir = f->dir, .offset = f->offset, .length = f->length };

		buf_add(&r->text, f->detail.n > 0 ? f->detail : slice_of(info->seen));
		end_row(r, &row);
	}
	return r;
}

void
attempt_rows_free(struct attempt_rows **rp)
{
	struct attempt_rows *r = *rp;

	if (r == NULL)
		return;
	buf_fini(&r->text);
	free(r->row);
	free(r->at);
	free(r);
	*rp = NULL;
}

size_t
attempt_rows_count(const struct attempt_rows *r)
{
	return r->n;
}

struct row
attempt_rows_at(const struct attempt_rows *r, size_t index)
{
	struct row row;

	CHECK(index < r->n);
	row = r->row[index];
	row.text.p = r->text.p + r->at[index];
	row.answers = row.path = SLICE_NONE;
	return row;
}
