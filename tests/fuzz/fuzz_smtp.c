/*
 * Whole conversations, both sides, with gaps: the input is a talk as
 * tests/unit/play.h reads it. Oracles: cut into pieces it tells the same; a
 * message's bytes add up to its size, lie between its begin and its end, as its parts do, and
 * its fate is told once; nothing is told after the close; what was sent as a
 * credential stands in no event that is not marked secret.
 */
#include "base/err.h"
#include "tests/unit/play.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

enum { EVERYTHING = WANT_SHA256 | WANT_INSIDE | WANT_JUDGEMENT | ((1u << EV_KINDS) - 1), MAILS = 512 };

struct mail_seen { uint32_t id, parts, open; uint64_t size; bool began, ended, done, server; };

struct watcher {
	struct mail_seen mail[MAILS];
	size_t n;
	bool bytes;			/* MAIL_BYTES are wanted */
	struct buf secret[8];
	size_t nsecret;
};

static struct mail_seen *
find_mail(struct watcher *w, uint32_t id)
{
	for (size_t i = 0; i < w->n; i++)
		if (w->mail[i].id == id)
			return &w->mail[i];
	if (w->n == MAILS)
		return NULL;
	w->mail[w->n] = (struct mail_seen){ .id = id };
	return &w->mail[w->n++];
}

static void
watch_mail(struct watcher *w, const struct event *ev)
{
	struct mail_seen *m;

	switch (ev->kind) {
	case EV_MAIL_BEGIN:
		m = find_mail(w, ev->u.mail_begin.mail);
		CHECK(m == NULL || (!m->began && !m->done));
		if (m != NULL)
			m->began = true;
		break;
	case EV_MAIL_BYTES:
		m = find_mail(w, ev->u.mail_bytes.mail);
		CHECK(m == NULL || (m->began && !m->ended));
		if (m != NULL)
			m->size += ev->u.mail_bytes.bytes.n;
		break;
	case EV_PART_BEGIN:
		m = find_mail(w, ev->u.part_begin.mail);
		CHECK(m == NULL || (m->began && !m->ended && ev->u.part_begin.part == m->parts + 1));
		if (m != NULL) {
			m->parts++;
			m->open++;
		}
		break;
	case EV_PART_END:
		m = find_mail(w, ev->u.part_end.mail);
		CHECK(m == NULL || (!m->ended && m->open > 0));
		if (m != NULL)
			m->open--;
		break;
	case EV_MAIL_END:
		m = find_mail(w, ev->u.mail_end.mail);
		CHECK(m == NULL || m->open == 0);
		CHECK(m == NULL || (m->began && !m->ended && (!w->bytes || m->size == ev->u.mail_end.size)));
		CHECK(!ev->u.mail_end.whole || ev->u.mail_end.missing == 0);
		if (m != NULL)
			m->ended = true;
		break;
	case EV_MAIL_DONE:
		m = find_mail(w, ev->u.mail_done.mail);
		CHECK(m == NULL || (!m->done && m->began == m->ended));
		if (m != NULL)
			m->done = true;
		break;
	case EV_COMMAND:
		if (ev->u.command.mail != 0)
			find_mail(w, ev->u.command.mail);
		break;
	default:
		break;
	}
}

/* Only what the talk can say in one way. */
static void
keep_secret(struct watcher *w, slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!char_is_alnum(s.p[i]) && s.p[i] != '=')
			return;
	if (s.n < 8 || w->nsecret == sizeof w->secret / sizeof w->secret[0])
		return;
	buf_init(&w->secret[w->nsecret], LIMIT_AUTH_RESPONSE);
	play_text(&w->secret[w->nsecret++], s);
}

static void
watch(void *self, const struct event *ev)
{
	struct watcher *w = self;

	watch_mail(w, ev);
	if (ev->kind == EV_COMMAND && ev->at.secret && slice_eq(ev->u.command.verb, S("AUTH*")))
		keep_secret(w, ev->u.command.line);
	if (ev->kind == EV_AUTH)
		keep_secret(w, ev->u.auth.secret);
}

static size_t
count(slice in, slice what)
{
	size_t n = 0;

	for (; in.n >= what.n; in = slice_drop(in, 1))
		n += memcmp(in.p, what.p, what.n) == 0;
	return n;
}

/* A secret that the talk says once is said by nobody else: it may stand in secret lines only. (Content may say anything.) */
static void
check_secrets(const struct watcher *w, slice talk, slice told)
{
	slice line;

	while (told.n > 0) {
		slice_cut(told, '\n', &line, &told);
		if (slice_starts(line, S("body ")) || slice_starts(line, S("header ")))
			continue;
		for (size_t i = 0; i < w->nsecret; i++)
			if (count(talk, buf_slice(&w->secret[i])) <= 1)
				CHECK(count(line, S(" SECRET")) > 0 || count(line, buf_slice(&w->secret[i])) == 0);
	}
}

static void
play_watched(struct play *p, slice talk, size_t cut, uint32_t wants)
{
	struct watcher *w = xcalloc(1, sizeof *w);

	play_init(p, wants);
	p->watch = watch;
	p->self = w;
	w->bytes = (wants & WANT(EV_MAIL_BYTES)) != 0;
	play_talk(p, talk, cut);
	for (size_t i = 0; i < w->n && w->n < MAILS; i++)
		CHECK(w->mail[i].done && w->mail[i].began == w->mail[i].ended);
	if (wants == EVERYTHING)
		check_secrets(w, talk, buf_slice(&p->told));
	for (size_t i = 0; i < w->nsecret; i++)
		buf_fini(&w->secret[i]);
	free(w);
}

static void
check_same(slice a, slice b)
{
	slice one, two;

	while (a.n > 0 || b.n > 0) {
		slice_cut(a, '\n', &one, &a);
		slice_cut(b, '\n', &two, &b);
		if (!slice_eq(one, two))
			fprintf(stderr, "whole: %.*s\ncut:   %.*s\n", (int)one.n, (const char *)one.p, (int)two.n, (const char *)two.p);
		CHECK(slice_eq(one, two));
	}
}

/*
 * "One-sided", and then the other side speaks all the same; or one-sided from the middle on, where every piece must be
 * taken for something at once: what is believed then may depend on the cut.
 */
static bool
must_guess(slice talk)
{
	bool sides = count(talk, S("\nS")) > 0 && count(talk, S("\nC")) > 0;

	return count(talk, S("one-sided")) > 0 && (sides || count(talk, S("midstream")) > 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	slice talk = { data, size < 8192 ? size : 8192 };
	struct play whole, cut;

	play_watched(&whole, talk, 0, EVERYTHING);
	play_watched(&cut, talk, 1 + size % 5, EVERYTHING);
	if (!must_guess(talk))
		check_same(buf_slice(&whole.told), buf_slice(&cut.told));
	play_fini(&whole);
	play_fini(&cut);
	play_watched(&whole, talk, 0, WANT(EV_REPLY));
	play_fini(&whole);
	return 0;
}
