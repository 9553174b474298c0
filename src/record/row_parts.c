#include "row_parts.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/words.h"
#include "dissectors/mime/content/verdict.h"
#include "parts.h"

enum { HOST = 253 };				/* longer than the DNS can ask for is no host */
enum { HOSTS = 5, MEMBERS = 5, GROUPS = 5 };	/* told of one part, unless all is wanted */
enum { DIGEST_TOLD = 4 };			/* bytes of a digest that tell it from others at a glance */

/* A piece of a part's text. Parts with text come one after the other. */
struct run { uint32_t part; size_t at, n; };

struct row_parts {
	struct keeper keep;
	struct parts parts;
	struct kept_list runs;
	struct buf text;
	bool text_cut;
};

/* What is being told, and to whom. */
struct telling {
	const struct row_parts *tree;
	const struct row_style *style;
	struct row row;			/* what all rows have in common */
	struct buf words;
	void (*add)(void *self, const struct row *);
	void *self;
	size_t url, run;		/* the next ones */
	unsigned depth;			/* of what is in the part that is told now */
};

static struct row_parts *
row_parts_new(void)
{
	struct row_parts *t = xcalloc(1, sizeof *t);

	t->keep.arena = arena_new(LIMIT_ROW_MESSAGE);
	parts_init(&t->parts, LIMIT_ROW_PARTS);
	buf_init(&t->text, LIMIT_ROW_TEXT);
	return t;
}

void
row_parts_free(struct row_parts **tp)
{
	struct row_parts *t = *tp;

	if (t == NULL)
		return;
	arena_free(&t->keep.arena);
	buf_fini(&t->text);
	free(t);
	*tp = NULL;
}

size_t
row_parts_memory(const struct row_parts *t)
{
	return t ? sizeof *t + arena_used(t->keep.arena) + t->text.cap : 0;
}

static void
keep_text_of(struct row_parts *t, const struct ev_part_text *e)
{
	struct run *last = t->runs.n > 0 ? (struct run *)t->runs.v + (t->runs.n - 1) : NULL;
	size_t before = t->text.n;

	if (last == NULL || last->part != e->part) {
		last = keep_add(&t->keep, &t->runs, sizeof *last, LIMIT_ROW_PARTS);
		if (last == NULL)
			return;
		*last = (struct run){ e->part, before, 0 };
	}
	t->text_cut |= !buf_add(&t->text, e->text);
	last->n += t->text.n - before;
}

void
row_parts_event(struct row_parts **tp, const struct event *e)
{
	struct row_parts *t = *tp;

	if (t == NULL && e->kind != EV_PART_BEGIN)
		return;
	if (t == NULL)
		t = *tp = row_parts_new();
	switch (e->kind) {
	case EV_PART_BEGIN:	parts_begin(&t->parts, &t->keep, &e->u.part_begin); break;
	case EV_PART_FACT:	parts_fact(&t->parts, &t->keep, &e->u.part_fact); break;
	case EV_PART_MEMBER:	parts_member(&t->parts, &t->keep, &e->u.part_member); break;
	case EV_PART_END:	parts_end(&t->parts, &e->u.part_end); break;
	case EV_URL:		parts_url(&t->parts, &t->keep, &e->u.url); break;
	case EV_PART_TEXT:	keep_text_of(t, &e->u.part_text); break;
	default:		break;
	}
}

/* --- words --- */

static void
tell(struct telling *w, enum row_kind kind)
{
	w->row.kind = kind;
	w->row.text = buf_slice(&w->words);
	w->row.truncated = w->words.full;
	w->add(w->self, &w->row);
	buf_clear(&w->words);
}

/* In quotes; one that it holds itself cannot end it. */
static void
say_name(struct buf *out, slice name)
{
	buf_add_byte(out, '"');
	for (size_t i = 0; i < name.n; i++) {
		if (name.p[i] == '"' || name.p[i] == '\\')
			buf_add_byte(out, '\\');
		buf_add_byte(out, name.p[i]);
	}
	buf_add_byte(out, '"');
}

static void
say_bytes(struct buf *out, uint64_t size)
{
	buf_add(out, S(" · "));
	words_count(out, size, "byte", "bytes");
}

static void
say_digest(struct buf *out, const char *name, slice digest, bool all)
{
	size_t n = all ? digest.n : DIGEST_TOLD;
	char hex[SHA256_HEX];

	buf_printf(out, " · %s %s%s", name, hex_encode(slice_take(digest, n), hex), all ? "" : "…");
}

/* One is enough to know it by; all of those that were asked for if all is wanted. */
static void
say_digests(struct buf *out, const struct rec_part *p, const struct row_style *style)
{
	const struct { uint32_t want; bool known; const char *name; slice digest; } digests[] = {
		{ WANT_SHA256, p->has_sha256, "sha256", { p->sha256, sizeof p->sha256 } },
		{ WANT_SHA1, p->has_sha1, "sha1", { p->sha1, sizeof p->sha1 } },
		{ WANT_MD5, p->has_md5, "md5", { p->md5, sizeof p->md5 } },
	};

	for (size_t i = 0; i < sizeof digests / sizeof digests[0]; i++) {
		if (!digests[i].known || !(style->digests & digests[i].want))
			continue;
		say_digest(out, digests[i].name, digests[i].digest, style->full);
		if (!style->full)
			break;
	}
}

/* The digest of a file is what people look up; that of a text part is not. */
static bool
shows_digest(const struct rec_part *p, const struct row_style *style)
{
	return style->full || p->kind == PART_UNPACKED || rec_part_is_attachment(p);
}

static bool
looks_otherwise(const struct rec_part *p)
{
	return p->detected != NULL && verdict_is_news(p->content_type, p->filename, slice_of(p->detected));
}

static void
say_content(struct buf *out, const struct rec_part *p, const struct row_style *style)
{
	if (looks_otherwise(p))
		buf_printf(out, " · looks like %s", p->detected);
	if (p->kind == PART_MULTIPART)
		return;
	if (p->ended)
		say_bytes(out, p->size);
	if (p->missing > 0) {
		buf_add(out, S(", "));
		words_count(out, p->missing, "byte missing", "bytes missing");
	} else if (!p->whole) {
		buf_add(out, S(", cut"));
	}
	if (p->truncated)
		buf_add(out, S(" · not looked into to its end"));
	if (shows_digest(p, style))
		say_digests(out, p, style);
}

/* text/plain; utf-8 "name.txt" · 123 bytes */
static void
tell_part(struct telling *w, const struct rec_part *p)
{
	buf_add(&w->words, p->content_type);
	if (p->charset.n > 0) {
		buf_add(&w->words, S("; "));
		buf_add(&w->words, p->charset);
	}
	if (p->filename.n > 0) {
		buf_add_byte(&w->words, ' ');
		say_name(&w->words, p->filename);
	}
	say_content(&w->words, p, w->style);
	tell(w, ROW_PART);
}

/* --- what is in it --- */

static void
tell_more(struct telling *w, uint64_t more, const char *one, const char *many)
{
	if (more == 0)
		return;
	buf_add(&w->words, S("and "));
	words_count(&w->words, more, one, many);
	tell(w, ROW_INSIDE);
}

/* Documents are archives of files that nobody has put there. */
static bool
is_document(const struct rec_part *p)
{
	static const slice kinds[] = {
		SLICE("application/vnd.openxmlformats-"), SLICE("application/vnd.oasis."), SLICE("application/vnd.ms-word"),
		SLICE("application/vnd.ms-excel"), SLICE("application/vnd.ms-powerpoint"),
		SLICE("application/msword"), SLICE("application/epub"),
	};

	for (size_t i = 0; p->detected != NULL && i < sizeof kinds / sizeof kinds[0]; i++)
		if (slice_starts(slice_of(p->detected), kinds[i]))
			return true;
	return false;
}

static void
tell_members(struct telling *w, const struct rec_part *p)
{
	size_t n = p->nmember > MEMBERS && !w->style->full ? MEMBERS : p->nmember;

	if (is_document(p) && !w->style->full)
		return;
	for (size_t i = 0; i < n; i++) {
		const struct rec_member *m = &p->member[i];

		say_name(&w->words, m->name);
		if (m->directory)
			buf_add(&w->words, S(" · directory"));
		else if (m->size != UINT64_MAX)
			say_bytes(&w->words, m->size);
		if (m->encrypted)
			buf_add(&w->words, S(" · encrypted"));
		w->row.depth = w->depth + m->depth;
		tell(w, ROW_INSIDE);
	}
	w->row.depth = w->depth;
	tell_more(w, p->members - n, "more file", "more files");
}

/* What of a report, a signature or the like says at a glance what it is about; as the openers of dissectors/mime spell it. */
static bool
is_telling(slice name)
{
	static const slice names[] = {
		/* RFC 3464, 8098, 5965 */
		SLICE("Final-Recipient"), SLICE("Action"), SLICE("Status"), SLICE("Remote-MTA"), SLICE("Diagnostic-Code"),
		SLICE("Disposition"),
		SLICE("Feedback-Type"), SLICE("Source-IP"), SLICE("Original-Mail-From"), SLICE("Reported-Domain"),
		/* DMARC, TLSRPT */
		SLICE("org_name"), SLICE("domain"), SLICE("records"), SLICE("messages"), SLICE("messages_passed"),
		SLICE("organization-name"), SLICE("policy-domain"), SLICE("total-failure-session-count"), SLICE("failure-details"),
		/* S/MIME, PGP */
		SLICE("smime-type"), SLICE("signer_issuer"), SLICE("signer_serial"), SLICE("signer_key_id"), SLICE("signing_time"),
		SLICE("certificate_subject"), SLICE("recipient_issuer"), SLICE("recipient_serial"),
		SLICE("pgp"), SLICE("recipient_key_id"), SLICE("recipient_fingerprint"), SLICE("issuer_key_id"), SLICE("signature_time"),
		SLICE("signer_user_id"), SLICE("user_id"), SLICE("key_id"),
		/* TNEF; files that stand in text */
		SLICE("subject"), SLICE("conversation_topic"), SLICE("wrong_sum"), SLICE("long_name"),
		/* documents, shortcuts, disk images */
		SLICE("pdf"), SLICE("target"), SLICE("arguments"), SLICE("volume"),
	};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (slice_eq(name, names[i]))
			return true;
	return false;
}

/* Does the next fact go on in the line of this one? In a report of many groups each is a line: they are compared. */
static bool
goes_on(const struct rec_part *p, size_t i)
{
	unsigned group = p->fact[i].group;

	return p->fact[p->nfact - 1].group > GROUPS && group > 0 && i + 1 < p->nfact && p->fact[i + 1].group == group;
}

/* The header that came back is told by its own text. */
static bool
is_told_by_text(const struct telling *w, const struct rec_part *p)
{
	return w->style->full && slice_eq(p->content_type, S("text/rfc822-headers"));
}

static void
tell_facts(struct telling *w, const struct rec_part *p)
{
	for (size_t i = 0; i < p->nfact && !is_told_by_text(w, p); i++) {
		const struct rec_fact *f = &p->fact[i];

		if (!w->style->full && (f->group > GROUPS || !is_telling(f->name)))
			continue;
		buf_add(&w->words, f->name);
		buf_add(&w->words, S(": "));
		buf_add(&w->words, f->value);
		if (w->style->full && goes_on(p, i))
			buf_add(&w->words, S(" · "));
		else
			tell(w, ROW_INSIDE);
	}
}

static bool
holds(slice s, slice what)
{
	for (; s.n >= what.n; s = slice_drop(s, 1))
		if (slice_istarts(s, what))
			return true;
	return false;
}

/* With the host that it leads to, where a reader cannot see it in the link: a number, escapes, letters beyond ASCII. */
static void
tell_link(struct telling *w, const struct rec_url *u)
{
	buf_add(&w->words, S("link "));
	buf_add(&w->words, u->url);
	if (u->host.n > 0 && u->host.n <= HOST && !holds(u->url, u->host)) {
		buf_add(&w->words, S(" to "));
		buf_add(&w->words, u->host);
	}
	if (u->text.n > 0) {
		buf_add(&w->words, S(" shown as "));
		say_name(&w->words, u->text);
	}
	tell(w, ROW_INSIDE);
}

/* Adds a host to the line unless it stands there; false: the line is full. */
static bool
say_host(struct buf *out, slice host, slice said[HOSTS], size_t *n)
{
	for (size_t i = 0; i < *n; i++)
		if (slice_eq(said[i], host))
			return true;
	if (*n == HOSTS)
		return false;
	buf_add(out, *n > 0 ? S(", ") : S("links to "));
	buf_add(out, host);
	said[(*n)++] = host;
	return true;
}

/* Links come in the order of their parts. */
static void
tell_links(struct telling *w, const struct rec_part *p)
{
	const struct kept_list *urls = &w->tree->parts.urls;
	slice said[HOSTS];
	size_t n = 0;
	bool more = false;

	for (; w->url < urls->n; w->url++) {
		const struct rec_url *u = (const struct rec_url *)urls->v + w->url;

		if (u->part > p->number)
			break;
		if (u->part < p->number)
			continue;
		if (w->style->full)
			tell_link(w, u);
		else if (u->host.n > 0)
			more |= !say_host(&w->words, u->host, said, &n);
	}
	if (more)
		buf_add(&w->words, S(", …"));
	w->row.hosts = true;
	if (n > 0)
		tell(w, ROW_INSIDE);
	w->row.hosts = false;
}

/* Line by line, without the empty ones at the end. */
static void
tell_text(struct telling *w, const struct rec_part *p)
{
	const struct run *run = w->tree->runs.v;
	slice rest, line;

	while (w->run < w->tree->runs.n && run[w->run].part < p->number)
		w->run++;
	if (w->run == w->tree->runs.n || run[w->run].part != p->number)
		return;
	run += w->run++;
	rest = slice_take(slice_drop(buf_slice(&w->tree->text), run->at), run->n);
	while (rest.n > 0 && (rest.p[rest.n - 1] == '\n' || rest.p[rest.n - 1] == '\r'))
		rest.n--;
	while (rest.n > 0) {
		slice_cut(rest, '\n', &line, &rest);
		buf_add(&w->words, slice_chomp(line));
		tell(w, ROW_TEXT);
	}
	if (w->tree->text_cut && w->run == w->tree->runs.n) {
		buf_add(&w->words, S("the text goes on"));
		tell(w, ROW_INSIDE);
	}
}

/* A mail that is only text, and says nothing of MIME: its size stands in the row of the message. */
static bool
is_plain_mail(const struct row_parts *t, const struct rec_part *p)
{
	return t->parts.list.n == 1 && t->parts.count == 1 && !p->declared && p->whole && p->filename.n == 0 && p->disposition.n == 0
	    && slice_eq(p->content_type, S("text/plain"));
}

static void
tell_unpacked(struct telling *w, const struct rec_part *p)
{
	if (p->filename.n > 0)
		say_name(&w->words, p->filename);
	else
		buf_add(&w->words, p->content_type);
	say_content(&w->words, p, w->style);
	tell(w, ROW_INSIDE);
}

/* A part, and what is in it; of what was unpacked that stands deeper. */
static void
tell_all(struct telling *w, const struct rec_part *first, const struct rec_part *p)
{
	const struct rec_part *holder = p->holder > 0 ? first + (p->holder - 1) : p;
	unsigned deeper = p->depth > holder->depth ? p->depth - holder->depth - 1 : 0;

	w->row.part = p->number;
	w->row.path = holder->path;
	w->row.depth = deeper;
	if (p->kind == PART_UNPACKED)
		tell_unpacked(w, p);
	else if (!is_plain_mail(w->tree, p))
		tell_part(w, p);
	w->depth = w->row.depth = p->kind == PART_UNPACKED ? deeper + 1 : 0;
	tell_facts(w, p);
	tell_members(w, p);
	tell_text(w, p);
	tell_links(w, p);
}

void
row_parts_tell(const struct row_parts *t, const struct row_style *style, const struct row *message,
    void (*add)(void *self, const struct row *), void *self)
{
	struct telling w = { .tree = t, .style = style, .row = *message, .add = add, .self = self };
	const struct rec_part *part;
	uint64_t told = 0;

	if (t == NULL)
		return;
	w.row.answers = SLICE_NONE;
	buf_init(&w.words, LIMIT_ROW_DETAIL);
	part = t->parts.list.v;
	for (size_t i = 0; i < t->parts.list.n; i++) {
		told += part[i].kind != PART_UNPACKED;
		tell_all(&w, part, &part[i]);
	}
	w.row.depth = 0;
	w.row.part = 0;
	w.row.path = SLICE_NONE;
	tell_more(&w, t->parts.count - told, "more part", "more parts");
	buf_fini(&w.words);
}
