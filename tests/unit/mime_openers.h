/*
 * mime_openers.h - an opener's table, driven directly: what it tells, as text.
 *
 * One line for each call: "group name: value", "member name size/packed",
 * "file name type" and its bytes behind "| ", "end" or "end, not whole",
 * "finding id: detail", "truncated".
 */
#ifndef TEST_MIME_OPENERS_H
#define TEST_MIME_OPENERS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <inttypes.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/clean.h"
#include "base/err.h"
#include "base/limits.h"
#include "dissectors/mime/content/opener.h"

enum { TOLD_MAX = 4 << 20 };

struct told {
	struct buf text;
	struct buf bytes;	/* of all unpacked files */
	bool in_file, quiet;	/* quiet: no bytes in the text */
};

static void
told_name(struct told *t, slice name)
{
	clean_add(&t->text, name, CLEAN_TERMINAL);
}

static void
told_note(void *self, enum finding f, slice detail)
{
	struct told *t = self;

	buf_printf(&t->text, "finding %s: ", finding_info(f)->id);
	told_name(t, detail);
	buf_add_byte(&t->text, '\n');
}

static void
told_fact(void *self, unsigned group, slice name, slice value)
{
	struct told *t = self;

	buf_printf(&t->text, "%u ", group);
	told_name(t, name);
	buf_text(&t->text, ": ");
	told_name(t, value);
	buf_add_byte(&t->text, '\n');
}

static void
told_member_line(struct told *t, const char *what, const struct opener_member *m)
{
	buf_printf(&t->text, "%s \"", what);
	told_name(t, m->name);
	buf_add_byte(&t->text, '"');
	if (m->content_type.n > 0)
		buf_add_byte(&t->text, ' ');
	told_name(t, m->content_type);
	if (m->content_id.n > 0)
		buf_text(&t->text, " id ");
	told_name(t, m->content_id);
	if (m->size != UINT64_MAX)
		buf_printf(&t->text, " %" PRIu64, m->size);
	if (m->packed != UINT64_MAX)
		buf_printf(&t->text, "/%" PRIu64, m->packed);
	if (m->encrypted)
		buf_text(&t->text, " encrypted");
	buf_add_byte(&t->text, '\n');
}

static void
told_member(void *self, const struct opener_member *m)
{
	told_member_line(self, "member", m);
}

static void
told_unpack_begin(void *self, const struct opener_member *m)
{
	struct told *t = self;

	assert_false(t->in_file);
	t->in_file = true;
	t->bytes.n = 0;
	told_member_line(t, "file", m);
}

static void
told_unpack_bytes(void *self, slice bytes)
{
	struct told *t = self;

	assert_true(t->in_file);
	assert_true(bytes.n > 0);
	buf_add(&t->bytes, bytes);
}

static void
told_unpack_end(void *self, bool whole)
{
	struct told *t = self;

	assert_true(t->in_file);
	t->in_file = false;
	if (t->quiet) {
		buf_printf(&t->text, "| %zu bytes\n", t->bytes.n);
	} else if (t->bytes.n > 0) {
		buf_text(&t->text, "| ");
		told_name(t, buf_slice(&t->bytes));
		buf_add_byte(&t->text, '\n');
	}
	buf_text(&t->text, whole ? "end\n" : "end, not whole\n");
}

/* An opener at work on one part. */
struct work {
	const struct opener *opener;
	struct opener_user user;
	struct content_about about;
	void *state;
};

static inline void
work_begin(struct work *w, const struct opener *opener, struct told *t, const struct content_about *about)
{
	*w = (struct work){ opener, { t, told_note, told_fact, told_member, told_unpack_begin, told_unpack_bytes,
	    told_unpack_end }, *about, xcalloc(1, opener->state_size) };
	buf_init(&t->text, TOLD_MAX);
	buf_init(&t->bytes, TOLD_MAX);
	opener->open(w->state, &w->user, &w->about);
}

static inline void
work_end(struct work *w, struct told *t, bool whole)
{
	if (w->opener->close(w->state, whole))
		buf_text(&t->text, "truncated\n");
	assert_false(t->in_file);
	free(w->state);
}

static inline void
told_fini(struct told *t)
{
	buf_fini(&t->text);
	buf_fini(&t->bytes);
}

/* Fed in pieces of `step` bytes; at most `gap` bytes from `at` on are lost. */
static inline void
run_with(const struct opener *opener, const struct content_about *about, slice in, size_t step, size_t at, size_t gap, bool whole,
    struct told *t)
{
	struct work w;

	work_begin(&w, opener, t, about);
	for (size_t i = 0; i < in.n; ) {
		slice piece = slice_take(slice_drop(in, i), step);

		if (i < at && i + piece.n > at)
			piece.n = at - i;
		if (gap > 0 && i == at) {
			opener->gap(w.state, gap);
			i += gap;
			gap = 0;
			continue;
		}
		opener->feed(w.state, piece);
		i += piece.n;
	}
	work_end(&w, t, whole);
}

static inline void
run(const struct opener *opener, const struct content_about *about, slice in, size_t step, struct told *t)
{
	run_with(opener, about, in, step, SIZE_MAX, 0, true, t);
}

/* The opener takes it, and tells this, wherever it is cut. */
static inline void
check(const struct opener *opener, const struct content_about *about, slice in, const char *want)
{
	static const size_t steps[] = { SIZE_MAX, 1, 2, 3, 5, 7, 16, 61, 1000 };

	assert_true(opener->takes(about, slice_take(in, LIMIT_SNIFF)));
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		struct told t = { .quiet = false };

		run(opener, about, in, steps[i], &t);
		buf_add_byte(&t.text, '\0');
		assert_string_equal((const char *)t.text.p, want);
		told_fini(&t);
	}
}

#endif
