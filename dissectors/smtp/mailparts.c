#include "mailparts.h"

#include "session.h"

enum { PARTS_WANTED = WANT(EV_PART_BEGIN) | WANT(EV_PART_BYTES) | WANT(EV_PART_TEXT) | WANT(EV_PART_FACT) | WANT(EV_PART_MEMBER)
    | WANT(EV_PART_END) | WANT(EV_URL) };

static void
say(struct mailparts *p, struct event *ev, enum ev_kind kind, const struct mime_at *at)
{
	struct event filled;

	smtp_event(p->rd->s, kind, p->rd->s->client, at->offset, at->length, &filled);
	ev->kind = filled.kind;
	ev->at = filled.at;
	ev->at.after_gap = at->guessed;
	reading_say(p->rd, ev);
}

static void
say_begin(void *self, struct ev_part_begin *begin, const struct mime_at *at)
{
	struct mailparts *p = self;
	struct event ev = { .u.part_begin = *begin };

	ev.u.part_begin.mail = p->mail->id;
	say(p, &ev, EV_PART_BEGIN, at);
}

static void
say_bytes(void *self, struct ev_part_bytes *bytes, const struct mime_at *at)
{
	struct mailparts *p = self;
	struct event ev = { .u.part_bytes = *bytes };

	ev.u.part_bytes.mail = p->mail->id;
	say(p, &ev, EV_PART_BYTES, at);
}

static void
say_text(void *self, struct ev_part_text *text, const struct mime_at *at)
{
	struct mailparts *p = self;
	struct event ev = { .u.part_text = *text };

	ev.u.part_text.mail = p->mail->id;
	say(p, &ev, EV_PART_TEXT, at);
}

static void
say_fact(void *self, struct ev_part_fact *fact, const struct mime_at *at)
{
	struct mailparts *p = self;
	struct event ev = { .u.part_fact = *fact };

	ev.u.part_fact.mail = p->mail->id;
	say(p, &ev, EV_PART_FACT, at);
}

static void
say_member(void *self, struct ev_part_member *member, const struct mime_at *at)
{
	struct mailparts *p = self;
	struct event ev = { .u.part_member = *member };

	ev.u.part_member.mail = p->mail->id;
	say(p, &ev, EV_PART_MEMBER, at);
}

static void
say_end(void *self, struct ev_part_end *end, const struct mime_at *at)
{
	struct mailparts *p = self;
	struct event ev = { .u.part_end = *end };

	ev.u.part_end.mail = p->mail->id;
	say(p, &ev, EV_PART_END, at);
}

static void
say_url(void *self, struct ev_url *url, const struct mime_at *at)
{
	struct mailparts *p = self;
	struct event ev = { .u.url = *url };

	ev.u.url.mail = p->mail->id;
	say(p, &ev, EV_URL, at);
}

/* The walk has seen to it that each is told once. The second reading finds nothing. */
static void
note(void *self, enum finding f, const struct mime_at *at, slice detail)
{
	struct mailparts *p = self;

	if (!p->rd->fork)
		reading_note_each(p->rd, f, p->mail, p->rd->s->client, at->offset, at->length, detail);
}

static bool
wanted(const struct mailparts *p, uint32_t want)
{
	return layer_wanted(p->rd->s->layer, want);
}

static uint32_t
wants(const struct mailparts *p)
{
	static const uint32_t each[] = { WANT_SHA256, WANT_SHA1, WANT_MD5, WANT_ALL_DIGESTS, WANT_JUDGEMENT, WANT_INSIDE };
	uint32_t all = 0;

	for (size_t i = 0; i < sizeof each / sizeof each[0]; i++)
		all |= wanted(p, each[i]) ? each[i] : 0;
	return all;
}

void
mailparts_init(struct mailparts *p, struct reading *rd, struct mail *m, uint64_t offset)
{
	struct mime_user user = { .self = p };
	struct mime_about about = { .offset = offset, .time = layer_origin(rd->s->layer).time, .has_mail_from = m->sender != NULL,
	    .mail_from = { (const uint8_t *)m->sender, m->sender_n }, .smtputf8 = m->utf8 };

	*p = (struct mailparts){ .rd = rd, .mail = m };
	if (!wanted(p, PARTS_WANTED | WANT_JUDGEMENT))
		return;
	user.begin = wanted(p, WANT(EV_PART_BEGIN)) ? say_begin : NULL;
	user.bytes = wanted(p, WANT(EV_PART_BYTES)) ? say_bytes : NULL;
	user.text = wanted(p, WANT(EV_PART_TEXT)) ? say_text : NULL;
	user.fact = wanted(p, WANT(EV_PART_FACT)) ? say_fact : NULL;
	user.member = wanted(p, WANT(EV_PART_MEMBER)) ? say_member : NULL;
	user.end = wanted(p, WANT(EV_PART_END)) ? say_end : NULL;
	user.url = wanted(p, WANT(EV_URL)) ? say_url : NULL;
	user.note = wanted(p, WANT_JUDGEMENT) ? note : NULL;
	p->mime = mime_new(&user, wants(p), &about);
}

void
mailparts_fini(struct mailparts *p)
{
	mime_free(&p->mime);
}
