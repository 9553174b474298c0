/*
 * text_script.h - what a text stream tells, written down: its text, then a
 * line for each URL ("url HOST TEXT") and finding, in order.
 */
#ifndef TEXT_SCRIPT_H
#define TEXT_SCRIPT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "dissectors/mime/text/text.h"

struct told { struct buf text, rest; };

static inline void
told_text(void *self, slice utf8)
{
	struct told *t = self;

	assert_true(utf8.n > 0 && utf8_valid(utf8));
	buf_add(&t->text, utf8);
}

static inline void
told_url(void *self, const struct text_url *u)
{
	struct told *t = self;

	buf_add(&t->rest, u->url);
	buf_text(&t->rest, " host=");
	buf_add(&t->rest, u->host);
	if (u->text.n > 0)
		buf_text(&t->rest, " text=");
	buf_add(&t->rest, u->text);
	buf_text(&t->rest, "\n");
}

static inline void
told_note(void *self, enum finding finding, slice detail)
{
	struct told *t = self;

	buf_printf(&t->rest, "%s: ", finding_info(finding)->id);
	buf_add(&t->rest, detail);
	buf_text(&t->rest, "\n");
}

static inline void
told_init(struct told *t)
{
	buf_init(&t->text, 64 * MiB);
	buf_init(&t->rest, 64 * MiB);
}

static inline void
told_fini(struct told *t)
{
	buf_fini(&t->text);
	buf_fini(&t->rest);
}

struct reading { enum text_form form; const char *charset; enum text_flow flow; bool no_text; };

/* Fed in pieces of `step` bytes. */
static inline void
read_text(struct told *t, const struct reading *how, slice in, size_t step)
{
	struct text_user user = { t, how->no_text ? NULL : told_text, told_url, told_note };
	struct text_stream *s;

	buf_clear(&t->text);
	buf_clear(&t->rest);
	s = text_new(how->form, slice_of(how->charset), how->flow, &user);
	for (; in.n > 0; in = slice_drop(in, step))
		text_feed(s, slice_take(in, step));
	text_finish(s);
	assert_true(text_memory(s) < 128 * KiB);
	text_free(&s);
	assert_null(s);
}

/* All that is wrong is shown; then want_nothing_wrong() fails. */
static unsigned wrong;

static inline void
want(slice got, const char *wanted, const char *what, size_t step)
{
	if (slice_eq(got, slice_of(wanted)))
		return;
	print_error("%s in pieces of %zu:\n-- got\n%.*s\n-- want\n%s\n", what, step, (int)got.n, (const char *)got.p, wanted);
	wrong++;
}

static inline void
want_nothing_wrong(void)
{
	unsigned n = wrong;

	wrong = 0;
	assert_int_equal(n, 0);
}

/* However it is cut, and whether the text is wanted or not. */
static inline void
check_text(const struct reading *how, slice in, const char *text, const char *rest)
{
	static const size_t steps[] = { SIZE_MAX, 1, 2, 3, 7, 64 };
	struct reading no_text = *how;
	struct told t;

	no_text.no_text = true;
	told_init(&t);
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		read_text(&t, how, in, steps[i]);
		want(buf_slice(&t.text), text, text, steps[i]);
		want(buf_slice(&t.rest), rest, text, steps[i]);
		read_text(&t, &no_text, in, steps[i]);
		want(buf_slice(&t.rest), rest, text, steps[i]);
	}
	told_fini(&t);
	want_nothing_wrong();
}

#endif
