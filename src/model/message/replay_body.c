#include "replay_body.h"

#include "base/limits.h"

/* What the walk has to be asked for; SHA-256 is remembered. */
#define WALKED		(WANT(EV_PART_BYTES) | WANT(EV_PART_TEXT) | DIGESTS_MORE)
#define DIGESTS_MORE	(WANT_SHA1 | WANT_MD5 | WANT_ALL_DIGESTS)

bool
replay_body_wanted(uint32_t wants)
{
	return (wants & (WALKED | WANT(EV_MAIL_BYTES))) != 0;
}

/* --- its parts --- */

static void
tell(struct replay_body *b, struct event *e, enum ev_kind kind, const struct mime_at *at)
{
	e->kind = kind;
	e->at = b->now.at;
	e->at.offset = at->offset;
	e->at.length = at->length;
	e->at.after_gap = at->guessed;
	e->at.truncated = e->at.secret = false;
	b->user->tell(b->user->self, e);
}

static void
tell_begin(void *self, struct ev_part_begin *begin, const struct mime_at *at)
{
	struct replay_body *b = self;
	struct event e = { .u.part_begin = *begin };

	e.u.part_begin.mail = b->mail;
	tell(b, &e, EV_PART_BEGIN, at);
}

static void
tell_bytes(void *self, struct ev_part_bytes *bytes, const struct mime_at *at)
{
	struct replay_body *b = self;
	struct event e = { .u.part_bytes = *bytes };

	e.u.part_bytes.mail = b->mail;
	tell(b, &e, EV_PART_BYTES, at);
}

static void
tell_text(void *self, struct ev_part_text *text, const struct mime_at *at)
{
	struct replay_body *b = self;
	struct event e = { .u.part_text = *text };

	e.u.part_text.mail = b->mail;
	tell(b, &e, EV_PART_TEXT, at);
}

static void
tell_fact(void *self, struct ev_part_fact *fact, const struct mime_at *at)
{
	struct replay_body *b = self;
	struct event e = { .u.part_fact = *fact };

	e.u.part_fact.mail = b->mail;
	tell(b, &e, EV_PART_FACT, at);
}

static void
tell_member(void *self, struct ev_part_member *member, const struct mime_at *at)
{
	struct replay_body *b = self;
	struct event e = { .u.part_member = *member };

	e.u.part_member.mail = b->mail;
	tell(b, &e, EV_PART_MEMBER, at);
}

static void
tell_end(void *self, struct ev_part_end *end, const struct mime_at *at)
{
	struct replay_body *b = self;
	struct event e = { .u.part_end = *end };

	e.u.part_end.mail = b->mail;
	tell(b, &e, EV_PART_END, at);
}

static void
tell_url(void *self, struct ev_url *url, const struct mime_at *at)
{
	struct replay_body *b = self;
	struct event e = { .u.url = *url };

	e.u.url.mail = b->mail;
	tell(b, &e, EV_URL, at);
}

static struct reread *
walk(struct replay_body *b, const struct event *begin)
{
	uint32_t wants = b->user->wants;
	struct reread_user user = {
		.mime = { .self = b, .begin = tell_begin, .fact = tell_fact, .member = tell_member, .end = tell_end, .url = tell_url },
	};

	if (!(wants & WALKED))
		return NULL;
	user.mime.bytes = wants & WANT(EV_PART_BYTES) ? tell_bytes : NULL;
	user.mime.text = wants & WANT(EV_PART_TEXT) ? tell_text : NULL;
	return reread_new(&user, (wants & DIGESTS_MORE) | WANT_SHA256 | WANT_INSIDE, begin->kind == EV_MAIL_BEGIN ? begin : NULL);
}

bool
replay_body_tells_parts(const struct replay_body *b, uint32_t mail)
{
	return b->open && b->parts != NULL && b->mail == mail;
}

/* --- the content --- */

void
replay_body_begin(struct replay_body *b, const struct replay_body_user *user, const struct event *begin, uint32_t mail)
{
	uint32_t wants = user->wants;

	replay_body_free(b);
	*b = (struct replay_body){ .user = user, .open = true, .mail = mail, .now = *begin, .next = begin->at.offset };
	buf_init(&b->bytes, SIZE_MAX / 2);
	b->parts = walk(b, begin);
	if (wants & (WANT_SHA1 | WANT_MD5))
		b->digests = digests_new((wants & WANT_SHA1 ? DIGEST_SHA1 : 0u) | (wants & WANT_MD5 ? DIGEST_MD5 : 0u));
}

static void
tell_gap(struct replay_body *b, uint64_t missing)
{
	struct event gap = { .kind = EV_GAP, .at = b->now.at };

	b->gone += missing;
	gap.u.gap = (struct ev_gap){ .missing = missing, .mail = b->mail };
	b->user->tell_gap(b->user->self, &gap);
}

/* Where the tale goes on behind its hole, bytes may have been passed over. */
static void
pass_hole(struct replay_body *b, const struct event *e)
{
	struct event lost = *e;
	uint64_t missing;

	if (!b->holed)
		return;
	b->holed = false;
	if (e->at.offset <= b->next)
		return;
	missing = e->at.offset - b->next;
	lost.at.offset = b->next;
	lost.at.length = missing;
	tell_gap(b, missing);
	if (b->parts != NULL)
		reread_lost(b->parts, &lost, missing);
}

void
replay_body_bytes(struct replay_body *b, const struct event *e, const struct extent *where)
{
	struct event filled = *e;

	b->now = *e;
	pass_hole(b, e);
	b->next = e->at.offset + e->at.length;
	buf_clear(&b->bytes);
	if (!vault_read(b->user->vault, where, 0, where->length, &b->bytes)) {
		tell_gap(b, where->length);
		if (b->parts != NULL)
			reread_lost(b->parts, e, where->length);
		return;
	}
	b->seen += b->bytes.n;
	digests_feed(b->digests, buf_slice(&b->bytes));
	filled.u.mail_bytes.bytes = buf_slice(&b->bytes);
	b->user->tell(b->user->self, &filled);
	if (b->parts != NULL)
		reread_bytes(b->parts, e, buf_slice(&b->bytes));
}

void
replay_body_gap(struct replay_body *b, const struct event *e)
{
	b->now = *e;
	b->holed = false;
	b->next = e->at.offset + e->at.length;
	if (b->parts != NULL)
		reread_gap(b->parts, e);
}

void
replay_body_hole(struct replay_body *b)
{
	b->holed = b->open;
}

/* Digests that were not made when it was heard first. */
static void
add_digests(struct replay_body *b, struct ev_mail_end *end)
{
	unsigned which;

	if (!end->whole)
		return;
	which = digests_finish(b->digests, NULL, end->sha1, end->md5);
	end->has_sha1 |= (which & DIGEST_SHA1) != 0;
	end->has_md5 |= (which & DIGEST_MD5) != 0;
}

void
replay_body_part_end(struct replay_body *b, const struct event *e)
{
	b->complete = e->u.part_end.whole;
}

void
replay_body_end(struct replay_body *b, struct event *e)
{
	struct ev_mail_end *end = &e->u.mail_end;
	bool complete = (end->whole || b->complete) && end->size == b->seen + b->gone;

	if (end->size != b->seen) {
		end->missing += end->size > b->seen ? end->size - b->seen : 0;
		end->size = b->seen;
		end->whole = end->has_sha256 = end->has_sha1 = end->has_md5 = false;
	}
	b->now = *e;
	if (b->parts != NULL)
		reread_finish(b->parts, complete);
	add_digests(b, end);
	b->open = false;
}

void
replay_body_free(struct replay_body *b)
{
	reread_free(&b->parts);
	digests_free(&b->digests);
	buf_fini(&b->bytes);
	*b = (struct replay_body){ 0 };
}
